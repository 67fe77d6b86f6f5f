/** Custom fields: which there are; managers define them. */
import { ActionIcon, Button, Group, Select, Stack, TagsInput, Text, TextInput, Title } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconForms, IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import { ProblemError } from "../api/errors";
import { useCustomFields } from "../api/queries";
import type { CustomEntity, CustomField, CustomKind, components } from "../api/types";
import { Dialog, Sure } from "../parts/Dialog";
import { FormEnd } from "../parts/FormEnd";
import { Card, Empty, Loading, Outside, PageTitle, Problem } from "../parts/parts";
import { useLive } from "../shell/live";
import classes from "./contacts.module.css";

const ENTITIES: CustomEntity[] = ["contact", "organization"];
const KINDS: CustomKind[] = ["text", "number", "date", "choice", "yes_no", "url"];
type Change = components["schemas"]["CustomFieldUpdate"];

export default function FieldsPage() {
  const { t } = useTranslation();
  const fields = useCustomFields();
  const queries = useQueryClient();
  const { role } = useLive().session;
  const [editing, setEditing] = useState<CustomField | CustomEntity | null>(null);
  const [deleting, setDeleting] = useState<CustomField | null>(null);
  const again = () => queries.invalidateQueries({ queryKey: ["custom-fields"] });
  const change = useMutation({
    mutationFn: ({ id, ...body }: Change & { id: string }) =>
      ok(api.PATCH("/api/v1/custom-fields/{field_id}", { params: { path: { field_id: id } }, body })),
    onSettled: again,
  });
  const remove = useMutation({
    mutationFn: (field: CustomField) =>
      ok(
        api.DELETE("/api/v1/custom-fields/{field_id}", {
          params: { path: { field_id: field.id }, query: { values: true } },
        }),
      ),
    onSuccess: () => {
      setDeleting(null);
      void queries.invalidateQueries({ queryKey: ["contacts"] });
      void queries.invalidateQueries({ queryKey: ["organizations"] });
    },
    onSettled: again,
  });
  const manages = role === "manager" || role === "admin";
  return (
    <>
      <PageTitle
        title={t("fields.title")}
        lead={`${t("fields.lead")}${manages ? "" : ` ${t("fields.onlyManagers")}`}`}
      />
      {change.isError && <Problem error={change.error} />}
      {fields.isPending && <Loading />}
      {fields.isError && !fields.data && <Problem error={fields.error} retry={() => void fields.refetch()} />}
      {fields.data && (
        <Stack gap="lg">
          {ENTITIES.map((entity) => {
            const own = fields.data.filter((one) => one.entity === entity);
            return (
              <Card key={entity}>
                <Group justify="space-between" mb="sm">
                  <Title order={2} size="h5">
                    {t(`fields.of.${entity}`)}
                  </Title>
                  {manages && (
                    <Button
                      size="compact-md"
                      variant="default"
                      leftSection={<IconPlus size={16} />}
                      onClick={() => setEditing(entity)}
                    >
                      {t("fields.add")}
                    </Button>
                  )}
                </Group>
                {own.length === 0 && <Empty icon={<IconForms size={34} stroke={1.3} />} title={t("fields.none")} />}
                <ul className={classes.plain}>
                  {own.map((field, index) => (
                    <li key={field.id} className={classes.fieldRow} data-removed={field.removed || undefined}>
                      <div className={classes.who}>
                        <Text fw={600}>
                          <Outside>{field.name}</Outside>
                        </Text>
                        <Text size="sm" c="dimmed">
                          {t(`fields.kinds.${field.kind}`)}
                          {field.choices.length > 0 && `: ${field.choices.join(", ")}`}
                          {field.removed && ` · ${t("fields.removed")}`}
                        </Text>
                      </div>
                      {manages && field.removed && (
                        <Group gap={6} wrap="nowrap">
                          <Button
                            size="xs"
                            variant="default"
                            onClick={() => change.mutate({ id: field.id, removed: false })}
                          >
                            {t("fields.bringBack")}
                          </Button>
                          <Button size="xs" variant="subtle" color="red" onClick={() => setDeleting(field)}>
                            {t("fields.deleteValues")}
                          </Button>
                        </Group>
                      )}
                      {manages && !field.removed && (
                        <Group gap={2} wrap="nowrap">
                          <Act
                            label={t("fields.up", { name: field.name })}
                            off={index === 0}
                            act={() => change.mutate({ id: field.id, position: index - 1 })}
                          >
                            <IconArrowUp size={17} />
                          </Act>
                          <Act
                            label={t("fields.down", { name: field.name })}
                            off={index === own.length - 1}
                            act={() => change.mutate({ id: field.id, position: index + 1 })}
                          >
                            <IconArrowDown size={17} />
                          </Act>
                          <Act label={t("fields.editName", { name: field.name })} act={() => setEditing(field)}>
                            <IconPencil size={17} />
                          </Act>
                          <Act
                            label={t("fields.removeName", { name: field.name })}
                            act={() => change.mutate({ id: field.id, removed: true })}
                          >
                            <IconTrash size={17} />
                          </Act>
                        </Group>
                      )}
                    </li>
                  ))}
                </ul>
              </Card>
            );
          })}
        </Stack>
      )}
      <Dialog
        opened={editing !== null}
        onClose={() => setEditing(null)}
        title={typeof editing === "string" ? t("fields.add") : t("common.edit")}
      >
        {editing !== null && <FieldForm of={editing} done={() => setEditing(null)} />}
      </Dialog>
      <Dialog
        opened={deleting !== null}
        onClose={() => setDeleting(null)}
        title={t("fields.deleteTitle", { name: deleting?.name })}
      >
        <Sure
          text={t("fields.deleteText")}
          act={t("common.delete")}
          deed={{ ...remove, mutate: () => deleting && remove.mutate(deleting) }}
          cancel={() => setDeleting(null)}
        />
      </Dialog>
    </>
  );
}

function Act(props: { label: string; off?: boolean; act: () => void; children: React.ReactNode }) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={32}
      title={props.label}
      aria-label={props.label}
      disabled={props.off}
      onClick={props.act}
    >
      {props.children}
    </ActionIcon>
  );
}

function FieldForm({ of, done }: { of: CustomField | CustomEntity; done: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const field = typeof of === "string" ? null : of;
  const [name, setName] = useState(field?.name ?? "");
  const [kind, setKind] = useState<CustomKind>(field?.kind ?? "text");
  const [choices, setChoices] = useState(field?.choices ?? []);
  const save = useMutation({
    mutationFn: () =>
      field
        ? ok(
            api.PATCH("/api/v1/custom-fields/{field_id}", {
              params: { path: { field_id: field.id } },
              body: kind === "choice" ? { name, choices } : { name },
            }),
          )
        : ok(api.POST("/api/v1/custom-fields", { body: { entity: of as CustomEntity, name, kind, choices } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["custom-fields"] });
      done();
    },
  });
  const problem = save.error instanceof ProblemError ? save.error : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() && !save.isPending) save.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput
          label={t("fields.name")}
          data-autofocus
          maxLength={80}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={problem?.field("name")}
        />
        <Select
          label={t("fields.kind")}
          allowDeselect={false}
          disabled={field !== null}
          data={KINDS.map((value) => ({ value, label: t(`fields.kinds.${value}`) }))}
          value={kind}
          onChange={(value) => value && setKind(value as CustomKind)}
        />
        {kind === "choice" && (
          <TagsInput
            label={t("fields.choices")}
            description={t("fields.choicesHint")}
            value={choices}
            onChange={setChoices}
            error={problem?.field("choices")}
          />
        )}
        <FormEnd
          error={problem?.fields.length ? null : save.error}
          pending={save.isPending}
          ready={Boolean(name.trim())}
          cancel={done}
        />
      </Stack>
    </form>
  );
}
