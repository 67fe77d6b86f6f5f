/** What the forms of contacts and organisations share: fields, what others changed meanwhile. */
import { Alert, Radio, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { IconUsers } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemError } from "../api/errors";
import classes from "./contacts.module.css";
import { begin, type Draft, decide, rebase, type Same, type Values } from "./merging";

/** The state of a form on `latest`, which is what the service has and may change at any time; null for a new entry. */
export function useDraft<V extends Values>(empty: V, latest: V | null, version: number, same: Same) {
  const [draft, setDraft] = useState<Draft<V>>(() => begin(latest ?? empty));
  const [seen, setSeen] = useState(version);
  useEffect(() => {
    if (latest === null || version <= seen) return;
    setSeen(version);
    setDraft((before) => rebase(before, latest, same));
  }, [latest, version, seen, same]);
  // Custom fields may become known only after the form was opened.
  const unknown = latest !== null && Object.keys(latest).some((field) => !(field in draft.base));
  if (unknown)
    setDraft((before) => ({
      ...before,
      base: { ...latest, ...before.base },
      values: { ...latest, ...before.values },
    }));
  return {
    draft,
    /** The version the form stands on. */
    seen,
    set: <F extends keyof V & string>(field: F, value: V[F]) =>
      setDraft((before) => ({ ...before, values: { ...before.values, [field]: value } })),
    decide: (field: keyof V & string, theirs: boolean) => setDraft((before) => decide(before, field, theirs)),
  };
}

/** One text field of a form. */
export interface FieldProps {
  name: string;
  label: string;
  values: Values;
  set: (name: string, value: string) => void;
  problem: ProblemError | null;
  type?: "text" | "email" | "url" | "date";
  long?: boolean;
  autoFocus?: boolean;
}

export function Field({ name, label, values, set, problem, type, long, autoFocus }: FieldProps) {
  const common = {
    label,
    value: String(values[name] ?? ""),
    error: problem?.field(name),
    dir: "auto" as const,
  };
  return long ? (
    <Textarea {...common} autosize minRows={3} onChange={(event) => set(name, event.currentTarget.value)} />
  ) : (
    <TextInput
      {...common}
      type={type ?? "text"}
      autoFocus={autoFocus}
      onChange={(event) => set(name, event.currentTarget.value)}
    />
  );
}

interface MeanwhileProps<V extends Values> {
  draft: Draft<V>;
  label: (field: string) => string;
  shown: (field: string, value: unknown) => string;
  decide: (field: keyof V & string, theirs: boolean) => void;
}

/** What others changed while the form was open: told, and asked about where both changed it. */
export function Meanwhile<V extends Values>({ draft, label, shown, decide }: MeanwhileProps<V>) {
  const { t } = useTranslation();
  const fields = Object.keys(draft.conflicts);
  if (fields.length === 0 && draft.taken.length === 0) return null;
  return (
    <Alert
      color="orange"
      variant="default"
      icon={<IconUsers />}
      title={t("contacts.conflictTitle")}
      role={fields.length > 0 ? "alert" : "status"}
    >
      <Stack gap="sm">
        {draft.taken.length > 0 && (
          <Text size="sm">{t("contacts.takenOver", { fields: draft.taken.map(label).join(", ") })}</Text>
        )}
        {fields.length > 0 && <Text size="sm">{t("contacts.conflictText")}</Text>}
        {fields.map((field) => (
          <Radio.Group
            key={field}
            label={label(field)}
            value={"" as string}
            onChange={(choice) => decide(field as keyof V & string, choice === "theirs")}
          >
            <Stack gap={6} mt={4}>
              <Radio
                value="mine"
                classNames={{ label: classes.choice }}
                label={t("contacts.mine", { value: shown(field, draft.values[field]) || t("common.none") })}
              />
              <Radio
                value="theirs"
                classNames={{ label: classes.choice }}
                label={t("contacts.theirs", { value: shown(field, draft.conflicts[field]) || t("common.none") })}
              />
            </Stack>
          </Radio.Group>
        ))}
      </Stack>
    </Alert>
  );
}

/** The problem of a form that lacks a name, before anything is sent. */
export const missing = (field: string, message: string) =>
  new ProblemError(422, "invalid_input", "", [{ field, message }]);
