/** Texts to begin a note with. */
import { Button, Code, SegmentedControl, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import { stale, useNoteTemplates } from "../api/queries";
import type { NoteTemplate, TemplateIn } from "../api/types";
import { LANGUAGES } from "../i18n";
import { FormEnd } from "../parts/FormEnd";
import { OwnOrder, QueuesField } from "./parts";

const GAPS = ["{{contact}}", "{{number}}", "{{date}}"] as const;
const path = (id: string) => ({ params: { path: { template_id: id } } });
const save = (id: string | null, body: TemplateIn) =>
  id === null
    ? ok(api.POST("/api/v1/note-templates", { body }))
    : ok(api.PUT("/api/v1/note-templates/{template_id}", { ...path(id), body }));
const wish = ({ id: _id, changed_by: _by, updated_at: _at, ...fields }: NoteTemplate): TemplateIn => fields;

export function Templates() {
  const { t } = useTranslation();
  const found = useNoteTemplates();
  return (
    <OwnOrder
      title={t("desk.templates")}
      add={t("desk.newTemplate")}
      none={t("desk.noTemplates")}
      query={found}
      resource="note-templates"
      items={found.data ?? []}
      save={(id, one) => save(id, wish(one))}
      face={(one) => ({
        name: one.title,
        facts: [one.language && LANGUAGES[one.language], t("desk.changedBy", { name: one.changed_by.name })],
      })}
      form={(one, position, done) => (
        <TemplateForm key={one?.id ?? "new"} template={one} position={position} done={done} />
      )}
    />
  );
}

function TemplateForm({
  template,
  position,
  done,
}: {
  template: NoteTemplate | null;
  position: number;
  done: () => void;
}) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [fields, setFields] = useState<TemplateIn>(
    template ? wish(template) : { title: "", text: "", language: null, queues: [], position, version: 0 },
  );
  const set = (part: Partial<TemplateIn>) => setFields((before) => ({ ...before, ...part }));
  const send = useMutation({
    mutationFn: async (what: "save" | "remove") => {
      if (what === "save") await save(template?.id ?? null, fields);
      else if (template) await ok(api.DELETE("/api/v1/note-templates/{template_id}", path(template.id)));
    },
    onSuccess: done,
    onSettled: () => stale(queries, ["note-templates"]),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!send.isPending) send.mutate("save");
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label={t("desk.templateTitle")}
          required
          maxLength={80}
          dir="auto"
          value={fields.title}
          onChange={(event) => set({ title: event.currentTarget.value })}
          data-autofocus
        />
        <Textarea
          label={t("desk.templateText")}
          required
          maxLength={5000}
          autosize
          minRows={4}
          maxRows={12}
          dir="auto"
          value={fields.text}
          onChange={(event) => set({ text: event.currentTarget.value })}
        />
        <Text size="sm" c="dimmed">
          {t("desk.gaps")} {GAPS.map((gap) => [<Code key={gap}>{gap}</Code>, " "])}
        </Text>
        <QueuesField label={t("desk.queues")} value={fields.queues ?? []} onChange={(queues) => set({ queues })} />
        <SegmentedControl
          aria-label={t("settings.language")}
          value={fields.language ?? "any"}
          onChange={(value) => set({ language: value === "de" || value === "en" ? value : null })}
          data={[
            { value: "any", label: t("desk.anyLanguage") },
            ...Object.entries(LANGUAGES).map(([value, label]) => ({ value, label })),
          ]}
        />
        <FormEnd error={send.error} pending={send.isPending} cancel={done}>
          {template && (
            <Button variant="subtle" color="red" ms="auto" onClick={() => send.mutate("remove")}>
              {t("desk.removeTemplate")}
            </Button>
          )}
        </FormEnd>
      </Stack>
    </form>
  );
}
