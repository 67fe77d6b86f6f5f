/** The results agents can choose at the end of a call: for which queues, with which follow-up, and where one is needed. */
import { Alert, Checkbox, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import { stale, useDispositions } from "../api/queries";
import type { Disposition, DispositionIn, RequiredDispositions } from "../api/types";
import { FormEnd } from "../parts/FormEnd";
import { useFormat } from "../parts/format";
import { Problem } from "../parts/parts";
import { useUnderstood } from "../tasks/DueField";
import { OwnOrder, QueuesField } from "./parts";

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
  const found = useDispositions(true);
  return (
    <OwnOrder
      title={t("desk.results")}
      add={t("desk.newResult")}
      none={t("desk.noResults")}
      query={found}
      resource="dispositions"
      items={found.data?.items ?? []}
      save={(id, one) => save(id, wish(one))}
      face={(one) => ({
        name: i18n.language === "de" ? one.label_de : one.label_en,
        facts: [
          one.follow_up && t("desk.makesTask"),
          !one.active && t("desk.retired"),
          one.changed_by && t("desk.changedBy", { name: one.changed_by.name }),
        ],
        retired: !one.active,
      })}
      form={(one, position, done) => (
        <ResultForm key={one?.id ?? "new"} disposition={one} position={position} done={done} />
      )}
    >
      {found.data && <Required rule={found.data.required} />}
    </OwnOrder>
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
        <FormEnd error={send.error} pending={send.isPending} cancel={done} />
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
