/** What is to be done: mine, overdue, everybody's, done. */
import { Button, Modal, SegmentedControl, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChecklist, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type TaskFilter, useTasks } from "../api/queries";
import { Card, Empty, Pages, PageTitle } from "../parts/parts";
import { useLive } from "../shell/live";
import { TaskForm } from "./TaskForm";
import { TaskRow } from "./TaskRow";
import classes from "./tasks.module.css";

type View = "mine" | "overdue" | "everybody" | "done";

const FILTERS: Record<View, TaskFilter> = {
  mine: { status: "open", assignee: "me" },
  overdue: { status: "overdue", assignee: "me" },
  everybody: { status: "open", assignee: "all" },
  done: { status: "done", assignee: "me" },
};

export default function TasksPage() {
  const { t } = useTranslation();
  const { session } = useLive();
  const [view, setView] = useState<View>("mine");
  const [adding, { open, close }] = useDisclosure(false);
  const tasks = useTasks(FILTERS[view]);
  const sees = session.role === "manager" || session.role === "admin";
  const views: View[] = sees ? ["mine", "overdue", "everybody", "done"] : ["mine", "overdue", "done"];
  const emptyText =
    view === "overdue" ? t("task.emptyOverdue") : view === "done" ? t("task.emptyDone") : t("task.emptyMine");

  return (
    <>
      <PageTitle title={t("nav.tasks")}>
        <Button leftSection={<IconPlus size={18} />} onClick={open}>
          {t("task.new")}
        </Button>
      </PageTitle>
      <Stack>
        <SegmentedControl
          aria-label={t("nav.tasks")}
          value={view}
          onChange={(value) => setView(value as View)}
          data={views.map((value) => ({ value, label: t(`task.${value}`) }))}
          style={{ alignSelf: "flex-start", maxWidth: "100%" }}
        />
        <Pages query={tasks} empty={<Empty icon={<IconChecklist size={40} stroke={1.3} />} title={emptyText} />}>
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
      </Stack>
      <Modal
        opened={adding}
        onClose={close}
        title={t("task.new")}
        closeButtonProps={{ "aria-label": t("common.close") }}
      >
        <TaskForm done={close} />
      </Modal>
    </>
  );
}
