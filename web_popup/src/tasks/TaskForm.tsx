/** A new task, or the change of one. */
import { Alert, Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import { ProblemError } from "../api/errors";
import { stale, useUsers } from "../api/queries";
import type { Every, Task, TaskCreate } from "../api/types";
import { FormEnd } from "../parts/FormEnd";
import { useFormat } from "../parts/format";
import { useLive } from "../shell/live";
import { type Due, DueField } from "./DueField";
import { dueAt } from "./due";

interface Props {
  /** What the new task is about. */
  subject?: Pick<TaskCreate, "call_id" | "contact_id" | "organization_id">;
  /** The task to change; without it a new one is made. */
  task?: Task;
  /** When the new task is due. */
  due?: Date;
  done: () => void;
}

const EVERY: readonly Every[] = ["day", "weekday", "week", "month"];
const REMIND = ["none", "0", "10", "60", "1440"] as const;

export function TaskForm({ subject, task, due: first, done }: Props) {
  const { t } = useTranslation();
  const { session } = useLive();
  const queries = useQueryClient();
  const users = useUsers();
  // As read when the form opened: a newer one is a conflict, not overwritten.
  const [base, setBase] = useState(task);
  const [text, setText] = useState(task?.text ?? "");
  const [due, setDue] = useState<Due>(() =>
    task ? (task.due_at ? new Date(task.due_at) : null) : (first ?? dueAt("tomorrow", "", new Date())),
  );
  const [assignee, setAssignee] = useState(task?.assignee.id ?? session.user.id);
  const [every, setEvery] = useState<Every | null>(task?.recurrence?.every ?? null);
  const [until, setUntil] = useState(task?.recurrence?.until ?? "");
  const [remind, setRemind] = useState(String(task ? (task.remind_minutes ?? "none") : 0));

  const save = useMutation({
    mutationFn: (version: number) => {
      const rule = every && due ? { interval: 1, timezone: ownZone(), ...base?.recurrence, every } : null;
      const recurrence = rule && { ...rule, until: until || null };
      const fields = {
        text: text.trim(),
        assignee_id: assignee,
        remind_minutes: remind === "none" ? null : Number(remind),
        due_at: due?.toISOString() ?? null,
      };
      if (!task) return ok(api.POST("/api/v1/tasks", { body: { ...fields, ...subject, recurrence } }));
      const params = { path: { task_id: task.id } };
      // A rule that stays the same keeps the series' own day, also where this one task is moved.
      const same = every === (base?.recurrence?.every ?? null) && until === (base?.recurrence?.until ?? "");
      const body = { ...fields, version, ...(same ? {} : { recurrence }) };
      return ok(api.PATCH("/api/v1/tasks/{task_id}", { params, body }));
    },
    onSuccess: () => {
      stale(queries, ["tasks", "timeline", "calls"]);
      if (!task) notifications.show({ message: t("task.added") });
      done();
    },
    onError: () => stale(queries, ["tasks"]),
  });
  const ready = Boolean(text.trim()) && due !== undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready && !save.isPending) save.mutate(base?.version ?? 0);
  };
  const people = users.data ?? [session.user];
  const conflict = save.error instanceof ProblemError && save.error.status === 409;
  const newer = conflict && task && base && task.version > base.version ? task : null;
  const takeTheirs = (theirs: Task) => {
    setBase(theirs);
    setText(theirs.text);
    setDue(theirs.due_at ? new Date(theirs.due_at) : null);
    setAssignee(theirs.assignee.id);
    save.reset();
  };

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
        <DueField due={due} onChange={setDue} />
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
        {due && (
          <Group grow align="flex-end" gap="sm">
            <Select
              label={t("task.remind")}
              value={remind}
              onChange={(value) => value && setRemind(value)}
              allowDeselect={false}
              data={[...new Set<string>([...REMIND, remind])].map((value) => ({
                value,
                label: remindWords(value),
              }))}
            />
            <Select
              label={t("task.repeat")}
              value={every ?? "never"}
              onChange={(value) => setEvery(EVERY.find((one) => one === value) ?? null)}
              allowDeselect={false}
              data={["never", ...EVERY].map((value) => ({ value, label: t(`task.every.${value as Every}`) }))}
            />
          </Group>
        )}
        {due && every && (
          <TextInput
            type="date"
            label={t("task.until")}
            value={until}
            onChange={(event) => setUntil(event.currentTarget.value)}
          />
        )}
        {newer && <Conflict theirs={newer} take={() => takeTheirs(newer)} keep={() => save.mutate(newer.version)} />}
        <FormEnd
          act={t(task ? "common.save" : "task.add")}
          error={newer ? null : save.error}
          pending={save.isPending}
          ready={ready}
          cancel={done}
        />
      </Stack>
    </form>
  );

  function remindWords(value: string): string {
    if (value === "none") return t("task.remindNever");
    const minutes = Number(value);
    if (minutes === 0) return t("task.remindWhenDue");
    if (minutes % 1440 === 0) return t("task.remindDays", { count: minutes / 1440 });
    if (minutes % 60 === 0) return t("task.remindHours", { count: minutes / 60 });
    return t("task.remindMinutes", { count: minutes });
  }
}

/** Somebody else changed the task meanwhile: both are shown, and nothing is overwritten unasked. */
function Conflict({ theirs, take, keep }: { theirs: Task; take: () => void; keep: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Alert color="orange" variant="default" title={t("task.conflict")} role="alert">
      <Stack gap="xs">
        <Text size="sm">
          {theirs.text} · {theirs.due_at ? format.due(new Date(theirs.due_at)) : t("task.noDue")} ·{" "}
          {theirs.assignee.name}
        </Text>
        <Group gap="xs">
          <Button size="xs" onClick={take}>
            {t("task.takeTheirs")}
          </Button>
          <Button size="xs" variant="default" onClick={keep}>
            {t("task.keepMine")}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}

export const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
