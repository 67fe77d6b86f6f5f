/** The results agents can choose at the end of a call: for which queues, with which follow-up, and where one is needed. */
import { Alert, Button, Checkbox, Group, Modal, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import { stale, useDispositions } from "../api/queries";
import type { Disposition, DispositionIn, RequiredDispositions } from "../api/types";
import { useFormat } from "../parts/format";
import { Empty, Loading, Outside, Problem } from "../parts/parts";
import { useUnderstood } from "../tasks/DueField";
import classes from "./desk.module.css";
import { Line, QueuesField, Section } from "./parts";

const NEW: DispositionIn = {
  label_en: "",
  label_de: "",
  position: 0,
  active: true,
  queues: [],
  follow_up: false,
  follow_up_text: "",
  follow_up_due: "",
  version: 0,
};

const save = (id: string | null, body: DispositionIn) =>
  id === null
    ? ok(api.POST("/api/v1/dispositions", { body }))
    : ok(api.PUT("/api/v1/dispositions/{disposition_id}", { params: { path: { disposition_id: id } }, body }));
const wish = ({ id: _id, key: _key, changed_by: _by, changed_at: _at, ...fields }: Disposition): DispositionIn =>
  fields;

export function Results() {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const found = useDispositions(true);
  const [editing, setEditing] = useState<Disposition | "new" | null>(null);
  const items = found.data?.items ?? [];
  const order = useMutation({
    mutationFn: (moved: Disposition[]) =>
      Promise.all(
        moved.flatMap((one, position) => (one.position === position ? [] : [save(one.id, { ...wish(one), position })])),
      ),
    onSettled: () => stale(queries, ["dispositions"]),
  });
  const swap = (at: number, other: number) => {
    if (!items[at] || !items[other] || order.isPending) return undefined;
    return () => {
      const moved = [...items];
      [moved[at], moved[other]] = [items[other] as Disposition, items[at] as Disposition];
      order.mutate(moved);
    };
  };
  const close = () => setEditing(null);
  return (
    <Section title={t("desk.results")} add={t("desk.newResult")} onAdd={() => setEditing("new")}>
      {found.isPending && <Loading lines={3} />}
      {found.isError && <Problem error={found.error} retry={() => void found.refetch()} />}
      {order.isError && <Problem error={order.error} />}
      {found.data && items.length === 0 && <Empty title={t("desk.noResults")} />}
      <ul className={classes.list}>
        {items.map((one, index) => (
          <Line key={one.id} retired={!one.active} up={swap(index, index - 1)} down={swap(index, index + 1)}>
            <button type="button" className={classes.what} onClick={() => setEditing(one)}>
              <span className={classes.name}>
                <Outside>{i18n.language === "de" ? one.label_de : one.label_en}</Outside>
              </span>
              <span className={classes.facts}>
                <span>{one.queues.length ? one.queues.join(", ") : t("desk.everyCall")}</span>
                {one.follow_up && <span>{t("desk.makesTask")}</span>}
                {!one.active && <span>{t("desk.retired")}</span>}
                {one.changed_by && <span>{t("desk.changedBy", { name: one.changed_by.name })}</span>}
              </span>
            </button>
          </Line>
        ))}
      </ul>
      {found.data && <Required rule={found.data.required} />}
      <Modal
        opened={editing !== null}
        onClose={close}
        title={editing === "new" ? t("desk.newResult") : t("common.edit")}
        closeButtonProps={{ "aria-label": t("common.close") }}
      >
        {editing !== null && (
          <ResultForm
            key={editing === "new" ? "new" : editing.id}
            disposition={editing === "new" ? null : (items.find((one) => one.id === editing.id) ?? editing)}
            position={items.length}
            done={close}
          />
        )}
      </Modal>
    </Section>
  );
}

function ResultForm({
  disposition,
  position,
  done,
}: {
  disposition: Disposition | null;
  position: number;
  done: () => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const [fields, setFields] = useState<DispositionIn>(disposition ? wish(disposition) : { ...NEW, position });
  const set = (part: Partial<DispositionIn>) => setFields((before) => ({ ...before, ...part }));
  const said = useUnderstood(fields.follow_up_due ?? "");
  const send = useMutation({
    mutationFn: () => save(disposition?.id ?? null, fields),
    onSuccess: done,
    onSettled: () => stale(queries, ["dispositions"]),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!send.isPending) send.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label={t("desk.labelDe")}
          required
          maxLength={80}
          value={fields.label_de}
          onChange={(event) => set({ label_de: event.currentTarget.value })}
          data-autofocus
        />
        <TextInput
          label={t("desk.labelEn")}
          required
          maxLength={80}
          value={fields.label_en}
          onChange={(event) => set({ label_en: event.currentTarget.value })}
        />
        <QueuesField label={t("desk.queues")} value={fields.queues ?? []} onChange={(queues) => set({ queues })} />
        <Switch
          label={t("desk.makesTask")}
          checked={fields.follow_up}
          onChange={(event) => set({ follow_up: event.currentTarget.checked })}
        />
        {fields.follow_up && (
          <>
            <TextInput
              label={t("task.text")}
              placeholder={t("desk.asLabel")}
              maxLength={500}
              value={fields.follow_up_text}
              onChange={(event) => set({ follow_up_text: event.currentTarget.value })}
            />
            <TextInput
              label={t("task.due")}
              placeholder={t("task.dueWords")}
              description={
                said?.kind === "clear" ? t("desk.todayMeans", { when: format.due(said.at) }) : t("desk.dueAsked")
              }
              maxLength={80}
              value={fields.follow_up_due}
              onChange={(event) => set({ follow_up_due: event.currentTarget.value })}
            />
          </>
        )}
        {disposition && (
          <Switch
            label={t("desk.offered")}
            description={t("desk.offeredHint")}
            checked={fields.active}
            onChange={(event) => set({ active: event.currentTarget.checked })}
          />
        )}
        {send.isError && <Problem error={send.error} />}
        <Group gap="xs">
          <Button type="submit" loading={send.isPending}>
            {t("common.save")}
          </Button>
          <Button variant="default" onClick={done}>
            {t("common.cancel")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** For which calls one is needed before an agent is done. */
function Required({ rule }: { rule: RequiredDispositions }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const send = useMutation({
    mutationFn: (body: RequiredDispositions) => ok(api.PUT("/api/v1/dispositions/required", { body })),
    onSuccess: (_answer, required) =>
      queries.setQueriesData<object>({ queryKey: ["dispositions"] }, (known) =>
        known && "required" in known ? { ...known, required } : known,
      ),
    onSettled: () => stale(queries, ["dispositions"]),
  });
  // Shown at once; what the service says later counts.
  const now = send.isPending ? send.variables : rule;
  return (
    <Stack gap="xs" mt="md">
      <Text fw={600}>{t("desk.required")}</Text>
      <Checkbox
        label={t("desk.everyCall")}
        checked={now.every_call}
        onChange={(event) => send.mutate({ ...now, every_call: event.currentTarget.checked })}
      />
      {!now.every_call && (
        <QueuesField
          label={t("desk.requiredQueues")}
          value={now.queues ?? []}
          onChange={(queues) => send.mutate({ every_call: false, queues })}
        />
      )}
      {send.isError && (
        <Alert color="red" variant="default">
          <Problem error={send.error} />
        </Alert>
      )}
    </Stack>
  );
}
