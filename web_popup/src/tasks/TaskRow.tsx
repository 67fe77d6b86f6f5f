/** A task in one line, to be ticked off. */
import { Anchor, Checkbox, Text } from "@mantine/core";
import { IconRepeat } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Task } from "../api/types";
import { useFormat } from "../parts/format";
import { Badge, Outside } from "../parts/parts";
import { useLive } from "../shell/live";
import classes from "./tasks.module.css";
import { useTaskStep } from "./useTaskStep";

const TaskMenu = lazy(() => import("./TaskMenu"));

interface Props {
  task: Task;
  /** Without the menu to change it. */
  compact?: boolean;
  /** Say whom it is about. */
  named?: boolean;
}

export function TaskRow({ task, compact = false, named = true }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const { session } = useLive();
  const step = useTaskStep();
  const [ticked, setTicked] = useState<{ version: number; done: boolean } | null>(null);
  const tick = (done: boolean) => {
    setTicked({ version: task.version, done });
    step.mutate({ task, step: { done } }, { onError: () => setTicked(null) });
  };
  // Shown as ticked at once; what the service says later counts.
  const done = ticked?.version === task.version ? ticked.done : task.done_at !== null;
  const overdue = !done && task.due_at !== null && Date.parse(task.due_at) < Date.now();
  const about = task.contact ?? null;

  return (
    <div className={classes.row} data-done={done || undefined} data-skipped={task.skipped || undefined}>
      <Checkbox
        checked={done}
        onChange={(event) => tick(event.currentTarget.checked)}
        disabled={step.isPending}
        aria-label={t(done ? "task.reopen" : "task.tickOff", { text: task.text })}
      />
      <div className={classes.what}>
        <span className={classes.text}>
          <Outside>{task.text}</Outside>
        </span>
        <Text size="sm" c="dimmed" component="div" className={classes.facts}>
          {task.done_at && done ? (
            <span>{t(task.skipped ? "task.isSkipped" : "task.isDone", { when: format.moment(task.done_at) })}</span>
          ) : overdue && task.due_at ? (
            <Badge tone="missed">{t("task.overdueSince", { when: format.moment(task.due_at) })}</Badge>
          ) : (
            <span>{task.due_at ? t("task.dueOn", { when: format.moment(task.due_at) }) : t("task.noDue")}</span>
          )}
          {task.recurrence && (
            <span className={classes.fact}>
              <IconRepeat size={15} aria-hidden />
              {t(`task.every.${task.recurrence.every}`)}
            </span>
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
        {!compact && !done && task.handed && <Handed task={task} />}
      </div>
      {!compact && (
        <Suspense fallback={<div className={classes.menuRoom} />}>
          <TaskMenu task={task} skip={() => step.mutate({ task, step: { skip: true } })} />
        </Suspense>
      )}
    </div>
  );
}

function Handed({ task }: { task: Task }) {
  const { t } = useTranslation();
  if (!task.handed) return null;
  return (
    <Text size="sm" className={classes.handed}>
      {t("task.handedBy", { name: task.handed.by.name })}
      {task.handed.comment && (
        <>
          {": "}
          <Outside>{task.handed.comment}</Outside>
        </>
      )}
    </Text>
  );
}
