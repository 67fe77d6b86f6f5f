/** What the forms of contacts and organisations share: fields, conflict, buttons. */
import { Alert, Button, Group, Text, Textarea, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ProblemError } from "../api/errors";
import { Problem } from "../parts/parts";

/** One text field of a form; in a conflict it shows what stands in the service now. */
export interface FieldProps<Name extends string> {
  name: Name;
  label: string;
  values: Record<Name, string>;
  /** What stands there now, in a conflict. */
  now: Partial<Record<Name, string>> | null;
  set: (name: Name, value: string) => void;
  problem: ProblemError | null;
  type?: "text" | "email" | "url";
  long?: boolean;
  autoFocus?: boolean;
}

export function Field<Name extends string>(props: FieldProps<Name>) {
  const { t } = useTranslation();
  const { name, label, values, now, set, problem, type, long, autoFocus } = props;
  const changed = now !== null && now[name] !== values[name];
  const common = {
    label,
    value: values[name],
    error: problem?.field(name),
    description: changed ? t("contacts.conflictField", { value: now[name] || t("common.none") }) : undefined,
    inputWrapperOrder: ["label", "input", "description", "error"] as ("label" | "input" | "description" | "error")[],
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

interface EndProps {
  problem: ProblemError | null;
  conflict: boolean;
  pending: boolean;
  cancel: () => void;
}

export function FormEnd({ problem, conflict, pending, cancel }: EndProps) {
  const { t } = useTranslation();
  return (
    <>
      {conflict && (
        <Alert color="orange" variant="default" title={t("contacts.conflictTitle")} role="alert">
          <Text size="sm">{t("contacts.conflictText")}</Text>
        </Alert>
      )}
      {problem && !conflict && <Problem error={problem} />}
      <Group>
        <Button type="submit" loading={pending}>
          {conflict ? t("contacts.conflictUse") : t("common.save")}
        </Button>
        <Button variant="default" onClick={cancel}>
          {t("common.cancel")}
        </Button>
      </Group>
    </>
  );
}
