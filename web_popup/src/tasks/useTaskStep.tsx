/** Ticking off, opening again, skipping, moving: shown at once, taken back where the service says no, undone by a click. */
import { notifications } from "@mantine/notifications";
import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import { ProblemError } from "../api/errors";
import { stale } from "../api/queries";
import type { Task } from "../api/types";
import { useProblemText } from "../parts/parts";
import { tellWithUndo } from "../parts/undo";
import { lastWish } from "./lastWish";

export type Step = { done: boolean } | { skip: true } | { due_at: string };

interface Wish {
  task: Task;
  step: Step;
}

/** Does a step with a task as it is shown now. */
export function useTaskStep() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const problemText = useProblemText();
  const send = (id: string, version: number, step: Step) => {
    const params = { path: { task_id: id } };
    return "skip" in step
      ? ok(api.POST("/api/v1/tasks/{task_id}/skip", { params, body: { version } }))
      : ok(api.PATCH("/api/v1/tasks/{task_id}", { params, body: { version, ...step } }));
  };

  const failed = (error: unknown) => {
    const conflict = error instanceof ProblemError && error.status === 409;
    notifications.show({
      color: "red",
      title: conflict ? t("task.conflict") : t("problem.title"),
      message: conflict ? t("task.lookAgain") : problemText(error),
    });
    stale(queries, ["tasks"]);
  };

  return useMutation({
    mutationFn: ({ task, step }: Wish) => send(task.id, task.version, step),
    onMutate: ({ task, step }) => {
      if ("due_at" in step) paint(queries, task.id, step.due_at); // a ticked row shows itself; see TaskRow
    },
    onSuccess: (now, { task, step }) => {
      // The next step may come before the list is read again, and needs the new version.
      queries.setQueriesData<Task[]>({ queryKey: ["tasks", "range"] }, (tasks) =>
        tasks?.map((one) => (one.id === now.id ? now : one)),
      );
      stale(queries, ["tasks", "timeline", "calls"]);
      const message = said(task, step);
      if (message === null) return;
      const back: Step = "due_at" in step && task.due_at ? { due_at: task.due_at } : { done: false };
      const undo = () =>
        send(task.id, now.version, back).then(() => stale(queries, ["tasks", "timeline", "calls"]), failed);
      tellWithUndo(message, undo, task.id);
    },
    onError: (error, { task, step }) => {
      if ("due_at" in step) paint(queries, task.id, task.due_at);
      failed(error);
    },
  });

  function said(task: Task, step: Step): string | null {
    if ("due_at" in step) return t("task.moved");
    if ("skip" in step) return t("task.skipped");
    return step.done ? t(task.recurrence ? "task.tickedNextComes" : "task.ticked") : null;
  }
}

/** Moves a task as it is shown now. Moved again while that is on its way, it goes where it was moved last. */
export function useMoveTask(): (task: Task, due: Date) => void {
  const queries = useQueryClient();
  const { mutateAsync } = useTaskStep();
  const latest = useRef(mutateAsync);
  latest.current = mutateAsync;
  const [send] = useState(() => lastWish((task: Task, step: Step) => latest.current({ task, step })));
  return (task, due) => {
    const due_at = due.toISOString();
    paint(queries, task.id, due_at);
    send(task, { due_at }).catch(() => {}); // the step itself says what went wrong
  };
}

/** Show a task as due then, wherever it is listed by day. */
function paint(queries: QueryClient, id: string, due_at: string | null): void {
  void queries.cancelQueries({ queryKey: ["tasks", "range"] }); // what is read now knows nothing of it yet
  queries.setQueriesData<Task[]>({ queryKey: ["tasks", "range"] }, (tasks) =>
    tasks?.map((one) => (one.id === id ? { ...one, due_at } : one)),
  );
}
