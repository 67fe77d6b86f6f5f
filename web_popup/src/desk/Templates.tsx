/** Texts to begin a note with. */
import { Button, Code, Group, Modal, SegmentedControl, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import { stale, useNoteTemplates } from "../api/queries";
import type { NoteTemplate, TemplateIn } from "../api/types";
import { LANGUAGES } from "../i18n";
import { Empty, Loading, Outside, Problem } from "../parts/parts";
import classes from "./desk.module.css";
import { Line, QueuesField, Section } from "./parts";

const GAPS = ["{{contact}}", "{{number}}", "{{date}}"] as const;
const path = (id: string) => ({ params: { path: { template_id: id } } });
const save = (id: string | null, body: TemplateIn) =>
  id === null
    ? ok(api.POST("/api/v1/note-templates", { body }))
    : ok(api.PUT("/api/v1/note-templates/{template_id}", { ...path(id), body }));
const wish = ({ id: _id, changed_by: _by, updated_at: _at, ...fields }: NoteTemplate): TemplateIn => fields;

export function Templates() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const found = useNoteTemplates();
  const [editing, setEditing] = useState<NoteTemplate | "new" | null>(null);
  const items = found.data ?? [];
  const order = useMutation({
    mutationFn: (moved: NoteTemplate[]) =>
      Promise.all(
        moved.flatMap((one, position) => (one.position === position ? [] : [save(one.id, { ...wish(one), position })])),
      ),
    onSettled: () => stale(queries, ["note-templates"]),
  });
  const swap = (at: number, other: number) => {
    if (!items[at] || !items[other] || order.isPending) return undefined;
    return () => {
      const moved = [...items];
      [moved[at], moved[other]] = [items[other] as NoteTemplate, items[at] as NoteTemplate];
      order.mutate(moved);
    };
  };
  const close = () => setEditing(null);
  return (
    <Section title={t("desk.templates")} add={t("desk.newTemplate")} onAdd={() => setEditing("new")}>
      {found.isPending && <Loading lines={3} />}
      {found.isError && <Problem error={found.error} retry={() => void found.refetch()} />}
      {order.isError && <Problem error={order.error} />}
      {found.data && items.length === 0 && <Empty title={t("desk.noTemplates")} />}
      <ul className={classes.list}>
        {items.map((one, index) => (
          <Line key={one.id} up={swap(index, index - 1)} down={swap(index, index + 1)}>
            <button type="button" className={classes.what} onClick={() => setEditing(one)}>
              <span className={classes.name}>
                <Outside>{one.title}</Outside>
              </span>
              <span className={classes.facts}>
                <span>{one.queues.length ? one.queues.join(", ") : t("desk.everyCall")}</span>
                {one.language && <span>{LANGUAGES[one.language]}</span>}
                <span>{t("desk.changedBy", { name: one.changed_by.name })}</span>
              </span>
            </button>
          </Line>
        ))}
      </ul>
      <Modal
        opened={editing !== null}
        onClose={close}
        title={editing === "new" ? t("desk.newTemplate") : t("common.edit")}
        closeButtonProps={{ "aria-label": t("common.close") }}
      >
        {editing !== null && (
          <TemplateForm
            template={editing === "new" ? null : (items.find((one) => one.id === editing.id) ?? editing)}
            position={items.length}
            done={close}
          />
        )}
      </Modal>
    </Section>
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
        {send.isError && <Problem error={send.error} />}
        <Group gap="xs">
          <Button type="submit" loading={send.isPending}>
            {t("common.save")}
          </Button>
          <Button variant="default" onClick={done}>
            {t("common.cancel")}
          </Button>
          {template && (
            <Button variant="subtle" color="red" ms="auto" onClick={() => send.mutate("remove")}>
              {t("desk.removeTemplate")}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
