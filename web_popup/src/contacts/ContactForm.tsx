/** A new contact, or the change of one. */
import { Autocomplete, Group, Select, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import { ProblemError } from "../api/errors";
import { stale, useOrganizations } from "../api/queries";
import type { Contact, CustomField } from "../api/types";
import { FormEnd } from "../parts/FormEnd";
import classes from "./contacts.module.css";
import { CustomInputs, customBody, customValues, useFieldsOf } from "./custom";
import { CONTACT_FIELDS, type ContactField, textOf } from "./fields";
import { Field, Meanwhile, missing, useDraft } from "./form";
import { languageChoices } from "./languages";
import { edited, type Same } from "./merging";
import { NumbersField, numbersShown, sameField } from "./NumbersField";
import { filled, type NumberLine, numberLine } from "./numbers";

type ContactValues = Record<ContactField, string> & { numbers: NumberLine[] };

const same: Same = sameField;

function valuesOf(contact: Contact | undefined, fields: readonly CustomField[]): ContactValues {
  const texts = CONTACT_FIELDS.map((name) => [name, contact ? textOf(contact, name) : ""]);
  return {
    ...(Object.fromEntries(texts) as Record<ContactField, string>),
    numbers: contact ? contact.numbers.map(numberLine) : [numberLine()],
    ...customValues(contact?.custom ?? {}, fields),
  };
}

interface Props {
  contact?: Contact;
  /** Called with the contact's id once saved, without one if given up. */
  done: (id?: string) => void;
}

export default function ContactForm({ contact, done }: Props) {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const fields = useFieldsOf("contact");
  const latest = useMemo(() => valuesOf(contact, fields), [contact, fields]);
  const { draft, seen, set, decide } = useDraft(latest, contact ? latest : null, contact?.version ?? 0, same);
  const { values } = draft;
  const [nameMissing, setNameMissing] = useState(false);
  const [query] = useDebouncedValue(values.organization.trim(), 150);
  const organizations = useOrganizations(query, query.length > 0).data?.pages[0]?.items ?? [];

  const save = useMutation({
    mutationFn: async () => {
      const changed = edited(draft, same);
      const plain = Object.fromEntries(
        CONTACT_FIELDS.filter((one) => one !== "organization" && changed.includes(one)).map((one) => [
          one,
          values[one],
        ]),
      );
      const custom = customBody(changed, values);
      if (!contact) {
        const organization_name = values.organization.trim();
        const body = { ...plain, organization_name, numbers: filled(values.numbers), custom };
        return ok(api.POST("/api/v1/contacts", { body }));
      }
      const body = {
        ...plain,
        custom,
        version: seen,
        ...(changed.includes("numbers") && { numbers: filled(values.numbers) }),
        ...(changed.includes("organization") && { organization_id: await organizationId(values.organization.trim()) }),
      };
      return ok(api.PATCH("/api/v1/contacts/{contact_id}", { params: { path: { contact_id: contact.id } }, body }));
    },
    onSuccess: (saved) => {
      queries.setQueryData(["contacts", "one", saved.id], saved);
      stale(queries, ["contacts", "organizations"]);
      done(saved.id);
    },
    onError: (error) => {
      // The newest comes in through the page behind the form, and what differs is asked.
      if (error instanceof ProblemError && error.status === 409)
        void queries.invalidateQueries({ queryKey: ["contacts", "one", contact?.id] });
    },
  });
  const problem = save.error instanceof ProblemError ? save.error : null;
  const undecided = Object.keys(draft.conflicts).length > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const nameless = !values.first_name.trim() && !values.last_name.trim();
    setNameMissing(nameless);
    if (!nameless && !save.isPending && !undecided) save.mutate();
  };
  const setText = (name: string, value: string) => set(name as ContactField, value);
  const shownProblem = nameMissing ? missing("last_name", t("contacts.nameNeeded")) : problem;
  const common = { values, set: setText, problem: shownProblem };
  const labels: Record<string, string> = {
    first_name: t("contacts.firstName"),
    last_name: t("contacts.lastName"),
    organization: t("contacts.organization"),
    position: t("contacts.position"),
    numbers: t("contacts.numbers"),
    email: t("contacts.email"),
    street: t("contacts.street"),
    postal_code: t("contacts.postalCode"),
    city: t("contacts.city"),
    country: t("contacts.country"),
    remark: t("contacts.remark"),
    language: t("contacts.language"),
    ...Object.fromEntries(fields.map((one) => [`custom.${one.key}`, one.name])),
  };
  const text = (name: ContactField, more: { type?: "email"; long?: boolean; autoFocus?: boolean } = {}) => (
    <Field {...common} name={name} label={labels[name] ?? name} {...more} />
  );

  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Meanwhile
          draft={draft}
          decide={decide}
          label={(field) => labels[field] ?? field}
          shown={(_field, value) => (Array.isArray(value) ? numbersShown(value) : String(value))}
        />
        <Group grow align="flex-start">
          {text("first_name", { autoFocus: true })}
          {text("last_name")}
        </Group>
        <Group grow align="flex-start">
          <Autocomplete
            label={labels.organization}
            value={values.organization}
            onChange={(name) => set("organization", name)}
            data={[...new Set(organizations.map((one) => one.name))]}
            error={problem?.field("organization_name")}
          />
          {text("position")}
        </Group>
        <NumbersField lines={values.numbers} change={(lines) => set("numbers", lines)} problem={problem} />
        <Group grow align="flex-start">
          {text("email", { type: "email" })}
          <Select
            label={labels.language}
            clearable
            searchable
            data={languageChoices(i18n.language)}
            value={values.language || null}
            onChange={(code) => set("language", code ?? "")}
          />
        </Group>
        {text("street")}
        <Group grow align="flex-start">
          {text("postal_code")}
          {text("city")}
          {text("country")}
        </Group>
        <CustomInputs fields={fields} {...common} />
        {text("remark", { long: true })}
        <FormEnd
          className={classes.end}
          error={nameMissing || problem?.status === 409 ? null : problem}
          pending={save.isPending}
          ready={!undecided}
          cancel={() => done()}
        >
          {undecided && (
            <Text size="sm" c="dimmed">
              {t("contacts.decideFirst")}
            </Text>
          )}
        </FormEnd>
      </Stack>
    </form>
  );
}

/** The organisation of that name: one that exists, or a new one. */
async function organizationId(name: string): Promise<string | null> {
  if (!name) return null;
  const found = await ok(api.GET("/api/v1/organizations", { params: { query: { q: name } } }));
  const same = found.items.find((one) => one.name.toLowerCase() === name.toLowerCase());
  return same?.id ?? (await ok(api.POST("/api/v1/organizations", { body: { name } }))).id;
}
