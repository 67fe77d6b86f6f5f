/** A new task, or the change of one. */
import { Button, Chip, Group, Select, Stack, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import { stale, useUsers } from "../api/queries";
import type { Task, TaskCreate } from "../api/types";
import { Problem } from "../parts/parts";
import { useLive } from "../shell/live";
import { DUE_CHOICES, type DueChoice, dueAt, fieldValue } from "./due";

interface Props {
  /** What the new task is about. */
  subject?: Pick<TaskCreate, "call_id" | "contact_id" | "organization_id">;
  /** The task to change; without it a new one is made. */
  task?: Task;
  done: () => void;
}

export function TaskForm({ subject, task, done }: Props) {
  const { t } = useTranslation();
  const { session } = useLive();
  const queries = useQueryClient();
  const users = useUsers();
  const dueLabel = useId();
  // As read when the form opened: a newer one is a conflict, not overwritten.
  const [version] = useState(task?.version ?? 0);
  const [text, setText] = useState(task?.text ?? "");
  const [choice, setChoice] = useState<DueChoice>(task ? (task.due_at ? "pick" : "someDay") : "tomorrow");
  const [picked, setPicked] = useState(
    fieldValue(task?.due_at ? new Date(task.due_at) : dueAt("tomorrow", "", new Date())),
  );
  const [assignee, setAssignee] = useState(task?.assignee.id ?? session.user.id);

  const save = useMutation({
    mutationFn: () => {
      const fields = {
        text: text.trim(),
        due_at: dueAt(choice, picked, new Date())?.toISOString() ?? null,
        assignee_id: assignee,
      };
      if (!task) return ok(api.POST("/api/v1/tasks", { body: { ...fields, ...subject } }));
      const params = { path: { task_id: task.id } };
      return ok(api.PATCH("/api/v1/tasks/{task_id}", { params, body: { ...fields, version } }));
    },
    onSuccess: () => {
      stale(queries, ["tasks", "timeline", "calls"]);
      if (!task) notifications.show({ message: t("task.added") });
      done();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() && !save.isPending) save.mutate();
  };
  const people = users.data ?? [session.user];

  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label={t("task.text")}
          value={text}
          maxLength={500}
          onChange={(event) => setText(event.currentTarget.value)}
          autoFocus
          dir="auto"
        />
        <div role="radiogroup" aria-labelledby={dueLabel}>
          <div id={dueLabel} style={{ fontSize: 14, fontWeight: 500, marginBottom: 6 }}>
            {t("task.due")}
          </div>
          <Chip.Group value={choice} onChange={(value) => setChoice(value as DueChoice)}>
            <Group gap={6}>
              {DUE_CHOICES.map((one) => (
                <Chip key={one} value={one} size="sm" variant="outline">
                  {t(`task.${one}`)}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
        </div>
        {choice === "pick" && (
          <TextInput
            type="datetime-local"
            label={t("task.dueAt")}
            value={picked}
            onChange={(event) => setPicked(event.currentTarget.value)}
          />
        )}
        <Select
          label={t("task.assignee")}
          value={assignee}
          onChange={(value) => value && setAssignee(value)}
          allowDeselect={false}
          searchable={people.length > 8}
          data={people.map((user) => ({
            value: user.id,
            label: user.id === session.user.id ? `${user.name} (${t("common.you")})` : user.name,
          }))}
        />
        {save.isError && <Problem error={save.error} />}
        <Group gap="xs">
          <Button type="submit" loading={save.isPending} disabled={!text.trim()}>
            {task ? t("common.save") : t("task.add")}
          </Button>
          <Button variant="default" onClick={done}>
            {t("common.cancel")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
