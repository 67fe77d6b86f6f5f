/** A new organisation, or the change of one. */
import { Group, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import { ProblemError } from "../api/errors";
import { stale } from "../api/queries";
import type { CustomField, Organization } from "../api/types";
import { FormEnd } from "../parts/FormEnd";
import classes from "./contacts.module.css";
import { CustomInputs, customBody, customValues, useFieldsOf } from "./custom";
import { Field, Meanwhile, missing, useDraft } from "./form";
import { edited } from "./merging";
import { NumbersField, numbersShown, sameField } from "./NumbersField";
import { filled, type NumberLine, numberLine } from "./numbers";

const FIELDS = ["name", "email", "website", "street", "postal_code", "city", "country", "remark"] as const;
type Name = (typeof FIELDS)[number];
type OrganizationValues = Record<Name, string> & { numbers: NumberLine[] };

function valuesOf(organization: Organization | undefined, fields: readonly CustomField[]): OrganizationValues {
  const plain = Object.fromEntries(FIELDS.map((name) => [name, organization?.[name] ?? ""])) as Record<Name, string>;
  return {
    ...plain,
    numbers: organization ? organization.numbers.map(numberLine) : [numberLine({ label: "main" })],
    ...customValues(organization?.custom ?? {}, fields),
  };
}

interface Props {
  organization?: Organization;
  /** Called with the organisation's id once saved, without one if given up. */
  done: (id?: string) => void;
}

export default function OrganizationForm({ organization, done }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const fields = useFieldsOf("organization");
  const latest = useMemo(() => valuesOf(organization, fields), [organization, fields]);
  const stored = organization ? latest : null;
  const { draft, seen, set, decide } = useDraft(latest, stored, organization?.version ?? 0, sameField);
  const { values } = draft;
  const [nameMissing, setNameMissing] = useState(false);

  const save = useMutation({
    mutationFn: () => {
      const changed = edited(draft, sameField);
      const plain = Object.fromEntries(FIELDS.filter((one) => changed.includes(one)).map((one) => [one, values[one]]));
      const custom = customBody(changed, values);
      const numbers = filled(values.numbers);
      if (!organization)
        return ok(api.POST("/api/v1/organizations", { body: { ...plain, name: values.name, numbers, custom } }));
      const body = { ...plain, custom, version: seen, ...(changed.includes("numbers") && { numbers }) };
      const params = { path: { organization_id: organization.id } };
      return ok(api.PATCH("/api/v1/organizations/{organization_id}", { params, body }));
    },
    onSuccess: (saved) => {
      queries.setQueryData(["organizations", "one", saved.id], saved);
      stale(queries, ["contacts", "organizations"]);
      done(saved.id);
    },
    onError: (error) => {
      // The newest comes in through the page behind the form, and what differs is asked.
      if (error instanceof ProblemError && error.status === 409)
        void queries.invalidateQueries({ queryKey: ["organizations", "one", organization?.id] });
    },
  });
  const problem = save.error instanceof ProblemError ? save.error : null;
  const undecided = Object.keys(draft.conflicts).length > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const nameless = !values.name.trim();
    setNameMissing(nameless);
    if (!nameless && !save.isPending && !undecided) save.mutate();
  };
  const shownProblem = nameMissing ? missing("name", t("contacts.nameNeededOrganization")) : problem;
  const common = { values, set: (name: string, value: string) => set(name as Name, value), problem: shownProblem };
  const labels: Record<string, string> = {
    name: t("contacts.name"),
    numbers: t("contacts.numbers"),
    email: t("contacts.email"),
    website: t("contacts.website"),
    street: t("contacts.street"),
    postal_code: t("contacts.postalCode"),
    city: t("contacts.city"),
    country: t("contacts.country"),
    remark: t("contacts.remark"),
    ...Object.fromEntries(fields.map((one) => [`custom.${one.key}`, one.name])),
  };
  const text = (name: Name, more: { type?: "email" | "url"; long?: boolean; autoFocus?: boolean } = {}) => (
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
        {text("name", { autoFocus: true })}
        <NumbersField lines={values.numbers} change={(lines) => set("numbers", lines)} problem={problem} />
        <Group grow align="flex-start">
          {text("email", { type: "email" })}
          {text("website", { type: "url" })}
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
