/** The numbers of a contact or organisation, in a form. */
import { ActionIcon, Button, Select, Stack, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { ProblemError } from "../api/errors";
import type { NumberLabel } from "../api/types";
import classes from "./contacts.module.css";
import { LABELS, type NumberLine, numberLine } from "./numbers";

interface Props {
  lines: NumberLine[];
  change: (lines: NumberLine[]) => void;
  problem: ProblemError | null;
}

export function NumbersField({ lines, change, problem }: Props) {
  const { t } = useTranslation();
  const set = (key: number, part: Partial<NumberLine>) =>
    change(lines.map((one) => (one.key === key ? { ...one, ...part } : one)));
  const sent = lines.filter((one) => one.value.trim());
  return (
    <Stack gap="xs">
      {lines.map((line) => (
        <div className={classes.numberRow} key={line.key}>
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
          <ActionIcon
            variant="subtle"
            color="gray"
            size={36}
            aria-label={t("contacts.removeNumber", { number: line.value })}
            onClick={() => change(lines.filter((one) => one.key !== line.key))}
          >
            <IconTrash size={18} />
          </ActionIcon>
        </div>
      ))}
      <Button
        variant="default"
        size="xs"
        leftSection={<IconPlus size={15} />}
        onClick={() => change([...lines, numberLine()])}
        style={{ alignSelf: "flex-start" }}
      >
        {t("contacts.addNumber")}
      </Button>
    </Stack>
  );
}
