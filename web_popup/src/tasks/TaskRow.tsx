/** A task in one line, to be ticked off. */
import { ActionIcon, Anchor, Checkbox, Modal, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconPencil } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, ok } from "../api/client";
import { stale } from "../api/queries";
import type { Task } from "../api/types";
import { useFormat } from "../parts/format";
import { Badge, Outside, useProblemText } from "../parts/parts";
import { useLive } from "../shell/live";
import { TaskForm } from "./TaskForm";
import classes from "./tasks.module.css";

interface Props {
  task: Task;
  /** Without the button to change it. */
  compact?: boolean;
  /** Say whom it is about. */
  named?: boolean;
}

export function TaskRow({ task, compact = false, named = true }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const { session } = useLive();
  const queries = useQueryClient();
  const problemText = useProblemText();
  const [editing, { open, close }] = useDisclosure(false);
  const [ticked, setTicked] = useState<{ version: number; done: boolean } | null>(null);
  const tick = useMutation({
    mutationFn: (done: boolean) => {
      const params = { path: { task_id: task.id } };
      return ok(api.PATCH("/api/v1/tasks/{task_id}", { params, body: { version: task.version, done } }));
    },
    onMutate: (done) => setTicked({ version: task.version, done }),
    onSuccess: () => stale(queries, ["tasks", "timeline", "calls"]),
    onError: (error) => {
      setTicked(null);
      notifications.show({ color: "red", title: t("problem.title"), message: problemText(error) });
      stale(queries, ["tasks"]);
    },
  });
  // Shown as ticked at once; what the service says later counts.
  const done = ticked?.version === task.version ? ticked.done : task.done_at !== null;
  const overdue = !done && task.due_at !== null && Date.parse(task.due_at) < Date.now();
  const about = task.contact ?? null;

  return (
    <div className={classes.row} data-done={done || undefined}>
      <Checkbox
        checked={done}
        onChange={(event) => tick.mutate(event.currentTarget.checked)}
        disabled={tick.isPending}
        aria-label={t(done ? "task.reopen" : "task.tickOff", { text: task.text })}
      />
      <div className={classes.what}>
        <span className={classes.text}>
          <Outside>{task.text}</Outside>
        </span>
        <Text size="sm" c="dimmed" component="div" className={classes.facts}>
          {task.done_at && done ? (
            <span>{t("task.isDone", { when: format.moment(task.done_at) })}</span>
          ) : overdue && task.due_at ? (
            <Badge tone="missed">{t("task.overdueSince", { when: format.moment(task.due_at) })}</Badge>
          ) : (
            <span>{task.due_at ? t("task.dueOn", { when: format.moment(task.due_at) }) : t("task.noDue")}</span>
          )}
          {task.assignee.id !== session.user.id && <span>{t("task.forWhom", { name: task.assignee.name })}</span>}
          {!compact && named && about && (
            <Anchor component={Link} to={`/contacts/${about.id}`} size="sm">
              <Outside>{about.name}</Outside>
            </Anchor>
          )}
          {!compact && named && !about && task.organization && (
            <Anchor component={Link} to={`/organizations/${task.organization.id}`} size="sm">
              <Outside>{task.organization.name}</Outside>
            </Anchor>
          )}
        </Text>
      </div>
      {!compact && (
        <ActionIcon variant="subtle" color="gray" aria-label={t("task.edit", { text: task.text })} onClick={open}>
          <IconPencil size={17} />
        </ActionIcon>
      )}
      <Modal
        opened={editing}
        onClose={close}
        title={t("common.edit")}
        closeButtonProps={{ "aria-label": t("common.close") }}
      >
        <TaskForm task={task} done={close} />
      </Modal>
    </div>
  );
}
