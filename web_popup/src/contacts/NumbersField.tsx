/** The numbers of a contact or organisation, in a form. */
import { ActionIcon, Button, Select, Stack, TextInput, Tooltip } from "@mantine/core";
import { IconPhoneOff, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ProblemError } from "../api/errors";
import type { NumberLabel } from "../api/types";
import classes from "./contacts.module.css";
import type { Same } from "./merging";
import { filled, LABELS, type NumberLine, numberLine } from "./numbers";

/** Whether a form's field holds the same; of numbers what would be sent, in their order. */
export const sameField: Same = (field, one, other) =>
  field === "numbers"
    ? JSON.stringify(filled(one as NumberLine[])) === JSON.stringify(filled(other as NumberLine[]))
    : one === other;

export const numbersShown = (lines: readonly NumberLine[]) => lines.map((one) => one.value).join(", ");

interface Props {
  lines: NumberLine[];
  change: (lines: NumberLine[]) => void;
  problem: ProblemError | null;
}

export function NumbersField({ lines, change, problem }: Props) {
  const { t } = useTranslation();
  const [removed, setRemoved] = useState<{ line: NumberLine; at: number } | null>(null);
  const set = (key: number, part: Partial<NumberLine>) =>
    change(lines.map((one) => (one.key === key ? { ...one, ...part } : one)));
  const sent = lines.filter((one) => one.value.trim());
  const remove = (line: NumberLine) => {
    setRemoved(line.value.trim() ? { line, at: lines.indexOf(line) } : null);
    change(lines.filter((one) => one.key !== line.key));
  };
  const putBack = () => {
    if (removed) change(lines.toSpliced(removed.at, 0, removed.line));
    setRemoved(null);
  };
  return (
    <Stack gap="xs">
      {lines.map((line) => (
        <div key={line.key}>
          <div className={classes.numberRow}>
            <TextInput
              type="tel"
              label={t("contacts.number")}
              value={line.value}
              onChange={(event) => set(line.key, { value: event.currentTarget.value })}
              error={problem?.field(`numbers.${sent.indexOf(line)}`)}
            />
            <Select
              label={t("contacts.kind")}
              value={line.label}
              allowDeselect={false}
              onChange={(label) => label && set(line.key, { label: label as NumberLabel })}
              data={LABELS.map((value) => ({ value, label: t(`label.${value}`) }))}
            />
            <Tooltip label={t("contacts.doNotCall")}>
              <ActionIcon
                variant={line.do_not_call ? "light" : "subtle"}
                color={line.do_not_call ? "red" : "gray"}
                size={36}
                aria-pressed={line.do_not_call}
                aria-label={t("contacts.doNotCallNumber", { number: line.value })}
                onClick={() => set(line.key, { do_not_call: !line.do_not_call })}
              >
                <IconPhoneOff size={18} />
              </ActionIcon>
            </Tooltip>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={36}
              aria-label={t("contacts.removeNumber", { number: line.value })}
              onClick={() => remove(line)}
            >
              <IconTrash size={18} />
            </ActionIcon>
          </div>
          {line.do_not_call && (
            <TextInput
              mt={6}
              size="xs"
              aria-label={t("contacts.doNotCallReason")}
              placeholder={t("contacts.doNotCallReason")}
              maxLength={200}
              value={line.do_not_call_reason}
              onChange={(event) => set(line.key, { do_not_call_reason: event.currentTarget.value })}
            />
          )}
        </div>
      ))}
      <div className={classes.numberEnd}>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={15} />}
          onClick={() => change([...lines, numberLine()])}
        >
          {t("contacts.addNumber")}
        </Button>
        {removed && (
          <Button variant="subtle" size="xs" onClick={putBack}>
            {t("contacts.undoRemove", { number: removed.line.value })}
          </Button>
        )}
      </div>
    </Stack>
  );
}
