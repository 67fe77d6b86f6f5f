/** A new contact, or the change of one. */
import { Autocomplete, Group, Stack } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import { ProblemError } from "../api/errors";
import { stale, useOrganizations } from "../api/queries";
import type { Contact } from "../api/types";
import { Field, FormEnd } from "./form";
import { NumbersField } from "./NumbersField";
import { filled, numberLine } from "./numbers";

const FIELDS = [
  "first_name",
  "last_name",
  "position",
  "email",
  "street",
  "postal_code",
  "city",
  "country",
  "remark",
] as const;
type Name = (typeof FIELDS)[number];

const valuesOf = (contact?: Contact) =>
  Object.fromEntries(FIELDS.map((name) => [name, contact?.[name] ?? ""])) as Record<Name, string>;

interface Props {
  contact?: Contact;
  /** Called with the contact's id once saved, without one if given up. */
  done: (id?: string) => void;
}

export default function ContactForm({ contact, done }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [values, setValues] = useState(() => valuesOf(contact));
  const [organization, setOrganization] = useState(contact?.organization?.name ?? "");
  const [lines, setLines] = useState(() =>
    contact ? contact.numbers.map((one) => numberLine(one.value, one.label)) : [numberLine()],
  );
  const [nameMissing, setNameMissing] = useState(false);
  const [current, setCurrent] = useState<Contact | null>(null);
  const [query] = useDebouncedValue(organization.trim(), 150);
  const organizations = useOrganizations(query, query.length > 0).data?.pages[0]?.items ?? [];
  // What was read when the form opened: the page behind it may show a newer one meanwhile.
  const [opened] = useState(contact);
  const base = current ?? opened;

  const save = useMutation({
    mutationFn: async () => {
      const fields = { ...values, numbers: filled(lines) };
      const name = organization.trim();
      if (!base) return ok(api.POST("/api/v1/contacts", { body: { ...fields, organization_name: name } }));
      return ok(
        api.PATCH("/api/v1/contacts/{contact_id}", {
          params: { path: { contact_id: base.id } },
          body: { ...fields, version: base.version, organization_id: await organizationId(name, base) },
        }),
      );
    },
    onSuccess: (saved) => {
      queries.setQueryData(["contacts", "one", saved.id], saved);
      stale(queries, ["contacts", "organizations"]);
      done(saved.id);
    },
    onError: async (error) => {
      if (!(error instanceof ProblemError) || error.status !== 409 || !base) return;
      const params = { path: { contact_id: base.id } };
      setCurrent(await ok(api.GET("/api/v1/contacts/{contact_id}", { params })));
    },
  });
  const problem = save.error instanceof ProblemError ? save.error : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const missing = !values.first_name.trim() && !values.last_name.trim();
    setNameMissing(missing);
    if (!missing && !save.isPending) save.mutate();
  };
  const now = current ? valuesOf(current) : null;
  const set = (name: Name, value: string) => setValues((before) => ({ ...before, [name]: value }));
  const shownProblem = nameMissing
    ? new ProblemError(422, "invalid_input", "", [{ field: "last_name", message: t("contacts.nameNeeded") }])
    : problem;
  const common = { values, now, set, problem: shownProblem };

  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Group grow align="flex-start">
          <Field {...common} name="first_name" label={t("contacts.firstName")} autoFocus />
          <Field {...common} name="last_name" label={t("contacts.lastName")} />
        </Group>
        <Group grow align="flex-start">
          <Autocomplete
            label={t("contacts.organization")}
            value={organization}
            onChange={setOrganization}
            data={[...new Set(organizations.map((one) => one.name))]}
            error={problem?.field("organization_name")}
          />
          <Field {...common} name="position" label={t("contacts.position")} />
        </Group>
        <NumbersField lines={lines} change={setLines} problem={problem} />
        <Field {...common} name="email" type="email" label={t("contacts.email")} />
        <Field {...common} name="street" label={t("contacts.street")} />
        <Group grow align="flex-start">
          <Field {...common} name="postal_code" label={t("contacts.postalCode")} />
          <Field {...common} name="city" label={t("contacts.city")} />
          <Field {...common} name="country" label={t("contacts.country")} />
        </Group>
        <Field {...common} name="remark" label={t("contacts.remark")} long />
        <FormEnd
          problem={nameMissing ? null : problem}
          conflict={current !== null && problem?.status === 409}
          pending={save.isPending}
          cancel={() => done()}
        />
      </Stack>
    </form>
  );
}

/** The organisation of that name: the contact's own, one that exists, or a new one. */
async function organizationId(name: string, contact: Contact): Promise<string | null> {
  if (!name) return null;
  if (contact.organization?.name === name) return contact.organization.id;
  const found = await ok(api.GET("/api/v1/organizations", { params: { query: { q: name } } }));
  const same = found.items.find((one) => one.name.toLowerCase() === name.toLowerCase());
  return same?.id ?? (await ok(api.POST("/api/v1/organizations", { body: { name } }))).id;
}
