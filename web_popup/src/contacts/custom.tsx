/** Custom fields: in forms, and as they are shown. */
import { Anchor, Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ProblemError } from "../api/errors";
import { useCustomFields } from "../api/queries";
import type { CustomEntity, CustomField } from "../api/types";
import { useFormat } from "../parts/format";
import { Outside } from "../parts/parts";
import { Field } from "./form";
import type { Values } from "./merging";
import { webAddress } from "./webAddress";

/** The fields of contacts or organisations that are shown. */
export function useFieldsOf(entity: CustomEntity): CustomField[] {
  const { data } = useCustomFields();
  return (data ?? []).filter((one) => one.entity === entity && !one.removed);
}

type Stored = Readonly<Record<string, string | number | boolean>>;

/** A form's values of them; all are texts there, which the service reads as what they are to be. */
export const customValues = (custom: Stored, fields: readonly CustomField[]): Record<string, string> =>
  Object.fromEntries(
    fields.map((field) => {
      const value = custom[field.key];
      return [`custom.${field.key}`, value === undefined ? "" : String(value)];
    }),
  );

/** What is sent of the edited ones; an empty one is taken off. */
export function customBody(edited: readonly string[], values: Values): Record<string, string | null> {
  const keys = edited.filter((name) => name.startsWith("custom."));
  return Object.fromEntries(keys.map((name) => [name.slice("custom.".length), String(values[name] ?? "") || null]));
}

interface InputsProps {
  fields: readonly CustomField[];
  values: Values;
  set: (name: string, value: string) => void;
  problem: ProblemError | null;
}

export function CustomInputs({ fields, values, set, problem }: InputsProps) {
  const { t } = useTranslation();
  return fields.map((field) => {
    const name = `custom.${field.key}`;
    if (field.kind !== "choice" && field.kind !== "yes_no") {
      const type = field.kind === "date" ? "date" : "text";
      return <Field key={field.id} name={name} label={field.name} type={type} {...{ values, set, problem }} />;
    }
    const choices =
      field.kind === "choice"
        ? field.choices
        : [
            { value: "true", label: t("fields.yes") },
            { value: "false", label: t("fields.no") },
          ];
    return (
      <Select
        key={field.id}
        label={field.name}
        clearable
        data={choices}
        value={String(values[name] ?? "") || null}
        onChange={(value) => set(name, value ?? "")}
        error={problem?.field(name)}
      />
    );
  });
}

export function CustomValue({ field, value }: { field: CustomField; value: string | number | boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const text = String(value);
  const link = field.kind === "url" ? webAddress(text) : null;
  if (link)
    return (
      <Anchor href={link} target="_blank" rel="noopener noreferrer">
        {text.replace(/^https?:\/\//, "")}
      </Anchor>
    );
  if (typeof value === "boolean") return t(value ? "fields.yes" : "fields.no");
  if (typeof value === "number") return format.number(value);
  return <Outside>{field.kind === "date" ? format.day(text) : text}</Outside>;
}
