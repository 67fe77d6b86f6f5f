/** A new organisation, or the change of one. */
import { Group, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import { ProblemError } from "../api/errors";
import { stale } from "../api/queries";
import type { Organization } from "../api/types";
import { Field, FormEnd } from "./form";
import { NumbersField } from "./NumbersField";
import { filled, numberLine } from "./numbers";

const FIELDS = ["name", "email", "website", "street", "postal_code", "city", "country", "remark"] as const;
type Name = (typeof FIELDS)[number];

const valuesOf = (organization?: Organization) =>
  Object.fromEntries(FIELDS.map((name) => [name, organization?.[name] ?? ""])) as Record<Name, string>;

interface Props {
  organization?: Organization;
  /** Called with the organisation's id once saved, without one if given up. */
  done: (id?: string) => void;
}

export default function OrganizationForm({ organization, done }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [values, setValues] = useState(() => valuesOf(organization));
  const [lines, setLines] = useState(() =>
    organization ? organization.numbers.map((one) => numberLine(one.value, one.label)) : [numberLine("", "main")],
  );
  const [nameMissing, setNameMissing] = useState(false);
  const [current, setCurrent] = useState<Organization | null>(null);
  // What was read when the form opened: the page behind it may show a newer one meanwhile.
  const [opened] = useState(organization);
  const base = current ?? opened;

  const save = useMutation({
    mutationFn: () => {
      const fields = { ...values, numbers: filled(lines) };
      if (!base) return ok(api.POST("/api/v1/organizations", { body: fields }));
      const params = { path: { organization_id: base.id } };
      return ok(
        api.PATCH("/api/v1/organizations/{organization_id}", { params, body: { ...fields, version: base.version } }),
      );
    },
    onSuccess: (saved) => {
      queries.setQueryData(["organizations", "one", saved.id], saved);
      stale(queries, ["contacts", "organizations"]);
      done(saved.id);
    },
    onError: async (error) => {
      if (!(error instanceof ProblemError) || error.status !== 409 || !base) return;
      const params = { path: { organization_id: base.id } };
      setCurrent(await ok(api.GET("/api/v1/organizations/{organization_id}", { params })));
    },
  });
  const problem = save.error instanceof ProblemError ? save.error : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const missing = !values.name.trim();
    setNameMissing(missing);
    if (!missing && !save.isPending) save.mutate();
  };
  const now = current ? valuesOf(current) : null;
  const set = (name: Name, value: string) => setValues((before) => ({ ...before, [name]: value }));
  const shownProblem = nameMissing
    ? new ProblemError(422, "invalid_input", "", [{ field: "name", message: t("contacts.nameNeededOrganization") }])
    : problem;
  const common = { values, now, set, problem: shownProblem };

  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Field {...common} name="name" label={t("contacts.name")} autoFocus />
        <NumbersField lines={lines} change={setLines} problem={problem} />
        <Group grow align="flex-start">
          <Field {...common} name="email" type="email" label={t("contacts.email")} />
          <Field {...common} name="website" type="url" label={t("contacts.website")} />
        </Group>
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
