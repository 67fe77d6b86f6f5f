/** What is to be done: mine, my team's or everybody's; as a list or a calendar. What is chosen stands in the address. */
import { Button, SegmentedControl, Stack } from "@mantine/core";
import { IconChecklist, IconPlus } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { type TaskFilter, useTasks } from "../api/queries";
import type { Session } from "../api/types";
import { Dialog } from "../parts/Dialog";
import { Card, Empty, Loading, Pages, PageTitle } from "../parts/parts";
import { useDesk, useLive } from "../shell/live";
import { dayOf, type Layout } from "./calendar";
import { TaskForm } from "./TaskForm";
import { TaskRow } from "./TaskRow";
import classes from "./tasks.module.css";

const Calendar = lazy(() => import("./Calendar"));

const WHOSE = ["mine", "team", "everybody"] as const;
const STATUS = ["open", "overdue", "done"] as const;
const LAYOUTS = ["list", "week", "month"] as const;
export type Whose = (typeof WHOSE)[number];
const ASSIGNEE: Record<Whose, NonNullable<TaskFilter["assignee"]>> = { mine: "me", team: "team", everybody: "all" };

export default function TasksPage() {
  const { t } = useTranslation();
  const { session } = useLive();
  const [params, setParams] = useSearchParams();
  const [adding, setAdding] = useState<{ due?: Date } | null>(null);
  const choices = useWhose(session);
  const whose = choices.find((one) => one === params.get("whose")) ?? "mine";
  const status = STATUS.find((one) => one === params.get("status")) ?? "open";
  const layout = LAYOUTS.find((one) => one === params.get("layout")) ?? "list";
  const choose = (name: string, value: string, standard: string) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === standard) next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );

  return (
    <>
      <PageTitle title={t("nav.tasks")}>
        <Button leftSection={<IconPlus size={18} />} onClick={() => setAdding({})}>
          {t("task.new")}
        </Button>
      </PageTitle>
      <Stack>
        <div className={classes.filters}>
          {choices.length > 1 && (
            <SegmentedControl
              aria-label={t("task.whose")}
              value={whose}
              onChange={(value) => choose("whose", value, "mine")}
              data={choices.map((value) => ({ value, label: t(`task.${value}`) }))}
            />
          )}
          {layout === "list" && (
            <SegmentedControl
              aria-label={t("task.which")}
              value={status}
              onChange={(value) => choose("status", value, "open")}
              data={STATUS.map((value) => ({ value, label: t(`task.${value}`) }))}
            />
          )}
          <SegmentedControl
            aria-label={t("task.layout")}
            value={layout}
            onChange={(value) => choose("layout", value, "list")}
            data={LAYOUTS.map((value) => ({ value, label: t(`task.layouts.${value}`) }))}
          />
        </div>
        {layout === "list" ? (
          <List filter={{ status, assignee: ASSIGNEE[whose] }} />
        ) : (
          <Suspense fallback={<Loading />}>
            <Calendar
              layout={layout satisfies Layout}
              assignee={ASSIGNEE[whose]}
              day={dayOf(params.get("day"), new Date())}
              show={(day) => choose("day", day, "")}
              add={(due) => setAdding({ due })}
            />
          </Suspense>
        )}
      </Stack>
      <Dialog opened={adding !== null} onClose={() => setAdding(null)} title={t("task.new")}>
        <TaskForm {...adding} done={() => setAdding(null)} />
      </Dialog>
    </>
  );
}

/** Whose tasks one may look at. */
function useWhose(session: Session): Whose[] {
  const team = useDesk((desk) => Object.values(desk.agents).find((one) => one.extension === desk.extension)?.team);
  const sees = session.role === "manager" || session.role === "admin";
  return WHOSE.filter((one) => one === "mine" || (one === "team" ? Boolean(team) : sees));
}

function List({ filter }: { filter: TaskFilter }) {
  const { t } = useTranslation();
  const tasks = useTasks(filter);
  const empty = { overdue: "task.emptyOverdue", done: "task.emptyDone", open: "task.emptyMine" } as const;
  const title = t(empty[filter.status === "overdue" || filter.status === "done" ? filter.status : "open"]);
  return (
    <Pages query={tasks} empty={<Empty icon={<IconChecklist size={40} stroke={1.3} />} title={title} />}>
      {(items) => (
        <Card p={0}>
          <ul className={classes.list}>
            {items.map((task) => (
              <li key={task.id}>
                <TaskRow task={task} />
              </li>
            ))}
          </ul>
        </Card>
      )}
    </Pages>
  );
}
