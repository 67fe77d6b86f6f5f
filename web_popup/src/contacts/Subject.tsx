/** The two columns of a contact's or organisation's page: what is to know and to do, and the journey. */
import { Button, Group, Stack, Title } from "@mantine/core";
import { IconChecklist, IconFilter, IconNote } from "@tabler/icons-react";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { type TimelineFilter as Filter, type Subject, useTasks } from "../api/queries";
import { useNoteDraft } from "../notes/drafts";
import { Dialog } from "../parts/Dialog";
import { Card } from "../parts/parts";
import { TaskForm } from "../tasks/TaskForm";
import { TaskRow } from "../tasks/TaskRow";
import classes from "./contacts.module.css";
import { NewNote } from "./NewNote";
import { Timeline } from "./Timeline";

const TimelineFilter = lazy(() => import("./TimelineFilter"));

export function SubjectColumns({ subject, children }: { subject: Subject; children: ReactNode }) {
  const { t } = useTranslation();
  const [adding, setAdding] = useState<"note" | "task" | null>(null);
  const [filtering, setFiltering] = useState(false);
  const [filter, setFilter] = useState<Filter>({});
  const about =
    "contactId" in subject ? { contact_id: subject.contactId } : { organization_id: subject.organizationId };
  const begun = useNoteDraft(about).text.trim() !== "";
  return (
    <div className={classes.columns}>
      <div className={classes.column}>
        {children}
        <OpenTasks about={about} />
      </div>
      <Card>
        <Group justify="space-between" mb="md">
          <Title order={2} size="h4">
            {t("timeline.title")}
          </Title>
          <Group gap="xs">
            <Button
              size="xs"
              variant={filtering ? "light" : "default"}
              leftSection={<IconFilter size={16} />}
              aria-expanded={filtering}
              onClick={() => {
                setFiltering(!filtering);
                setFilter({});
              }}
            >
              {t("timeline.filter")}
            </Button>
            <Button
              size="xs"
              variant={begun ? "light" : "default"}
              leftSection={<IconNote size={16} />}
              onClick={() => setAdding("note")}
            >
              {t(begun ? "note.resume" : "note.add")}
            </Button>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconChecklist size={16} />}
              onClick={() => setAdding("task")}
            >
              {t("task.add")}
            </Button>
          </Group>
        </Group>
        <Suspense>{filtering && <TimelineFilter filter={filter} change={setFilter} />}</Suspense>
        <Timeline subject={subject} filter={filter} />
      </Card>
      <Dialog
        opened={adding !== null}
        onClose={() => setAdding(null)}
        title={adding === "task" ? t("task.new") : t("note.new")}
      >
        {adding === "note" && <NewNote about={about} done={() => setAdding(null)} />}
        {adding === "task" && <TaskForm subject={about} done={() => setAdding(null)} />}
      </Dialog>
    </div>
  );
}

function OpenTasks({ about }: { about: { contact_id: string } | { organization_id: string } }) {
  const { t } = useTranslation();
  const { data } = useTasks({ status: "open", assignee: "all", ...about });
  const tasks = data?.pages.flatMap((page) => page.items) ?? [];
  if (tasks.length === 0) return null;
  return (
    <Card>
      <Title order={2} size="h4" mb="sm">
        {t("pop.openTasks")}
      </Title>
      <Stack gap="sm">
        {tasks.map((task) => (
          <TaskRow key={task.id} task={task} named={"organization_id" in about} />
        ))}
      </Stack>
    </Card>
  );
}
