/** When something is due, in words; what was understood is shown as one types, and what can mean two times is asked. */
import { ActionIcon, Button, Chip, Group, Text, TextInput } from "@mantine/core";
import { IconCalendar } from "@tabler/icons-react";
import { useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Language } from "../i18n";
import { useFormat } from "../parts/format";
import { dueAt, fieldValue } from "./due";
import type { Understood } from "./dueWords";
import classes from "./tasks.module.css";

/** Null: some day. Undefined: not said clearly yet, so nothing can be saved. */
export type Due = Date | null | undefined;

interface Props {
  due: Due;
  onChange: (due: Due) => void;
  /** Words to begin with, e.g. those of a disposition. */
  words?: string;
}

const CHIPS = ["inTwoHours", "tomorrow", "someDay"] as const;

export function DueField({ due, onChange, words: first = "" }: Props) {
  const { t } = useTranslation();
  const [words, setWords] = useState(first);
  const [picking, setPicking] = useState(false);
  const said = useUnderstood(words);
  const hint = useId();

  const tell = useRef(onChange);
  tell.current = onChange;
  useEffect(() => {
    if (said && said.kind !== "empty") tell.current(said.kind === "clear" ? said.at : undefined);
  }, [said]);

  const type = (text: string) => {
    setWords(text);
    // Until the words are understood, and if they are all gone, nothing is said.
    onChange(undefined);
  };
  const choose = (moment: Date | null) => {
    setWords("");
    onChange(moment);
  };

  return (
    <div>
      <TextInput
        label={t("task.due")}
        placeholder={t("task.dueWords")}
        aria-describedby={hint}
        autoComplete="off"
        maxLength={80}
        value={words}
        onChange={(event) => type(event.currentTarget.value)}
        rightSection={
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t("task.pick")}
            aria-expanded={picking}
            onClick={() => setPicking((is) => !is)}
          >
            <IconCalendar size={18} />
          </ActionIcon>
        }
      />
      <div id={hint} className={classes.understood} aria-live="polite" data-testid="due">
        <Answer said={said} due={due} choose={choose} />
      </div>
      <Group gap={6}>
        {CHIPS.map((one) => (
          <Chip
            key={one}
            size="xs"
            variant="outline"
            checked={false}
            onChange={() => choose(dueAt(one, "", new Date()))}
          >
            {t(`task.${one}`)}
          </Chip>
        ))}
      </Group>
      {picking && (
        <TextInput
          mt={8}
          type="datetime-local"
          label={t("task.dueAt")}
          value={fieldValue(due ?? null)}
          onChange={(event) => choose(dueAt("pick", event.currentTarget.value, new Date()))}
        />
      )}
    </div>
  );
}

function Answer({ said, due, choose }: { said: Understood | null; due: Due; choose: (moment: Date) => void }) {
  const { t } = useTranslation();
  const { due: shown } = useFormat();
  if (due) return <Text size="sm">= {shown(due)}</Text>;
  if (due === null) return <Text size="sm">= {t("task.someDay")}</Text>;
  if (said?.kind === "ask") {
    return (
      <Group gap={6}>
        <Text size="sm">{t("task.whichOne")}</Text>
        {said.options.map((one) => (
          <Button key={one.getTime()} size="compact-sm" variant="default" onClick={() => choose(one)}>
            {shown(one)}
          </Button>
        ))}
      </Group>
    );
  }
  if (said?.kind === "unknown") return <Text size="sm">{t("task.notUnderstood")}</Text>;
  if (said?.kind === "past") return <Text size="sm">{t("task.isPast", { when: shown(said.at) })}</Text>;
  return <Text size="sm">{said ? t("task.sayWhen") : "…"}</Text>;
}

/** What the words say now; null while that is not known yet. Whoever understands them is loaded with the first word. */
export function useUnderstood(words: string): Understood | null {
  const { i18n } = useTranslation();
  const [said, setSaid] = useState<Understood | null>(words ? null : { kind: "empty" });
  useEffect(() => {
    let current = true;
    if (!words.trim()) setSaid({ kind: "empty" });
    else {
      setSaid(null);
      void import("./dueWords").then(
        ({ understand }) => current && setSaid(understand(words, i18n.language as Language, new Date())),
        () => current && setSaid({ kind: "unknown" }), // offline, and never loaded: the calendar remains
      );
    }
    return () => {
      current = false;
    };
  }, [words, i18n.language]);
  return said;
}
