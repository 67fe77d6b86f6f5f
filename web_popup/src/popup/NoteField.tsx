/** The note of a call: saved as it is typed, begun with a template; below it what colleagues wrote on the same call. */
import { ActionIcon, Group, Stack, Text, Textarea } from "@mantine/core";
import { IconTemplate } from "@tabler/icons-react";
import { lazy, Suspense, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import type { Note, Pop } from "../api/types";
import written from "../notes/notes.module.css";
import { OtherWindow, SaveState } from "../notes/SaveState";
import { filled, inserted } from "../notes/templates";
import { useFormat } from "../parts/format";
import { Outside } from "../parts/parts";
import { useLive } from "../shell/live";
import { useShortcuts } from "../shell/shortcuts";
import { otherParty } from "../state/progress";
import classes from "./popup.module.css";

const TemplatePicker = lazy(() => import("../notes/TemplatePicker"));

export function NoteField({ pop }: { pop: Pop }) {
  const { t } = useTranslation();
  const { notes } = useLive();
  const format = useFormat();
  const callId = pop.call.id;
  const field = useRef<HTMLTextAreaElement>(null);
  const [choosing, setChoosing] = useState(false);
  useEffect(() => notes.open(callId, pop.my_note), [notes, callId, pop.my_note]);
  const view = useSyncExternalStore(notes.subscribe, () => notes.view(callId));
  useShortcuts({ "Alt+N": () => field.current?.focus(), "Alt+V": () => setChoosing((is) => !is) });

  const close = () => {
    setChoosing(false);
    field.current?.focus();
  };
  const insert = (template: string) => {
    const text = filled(template, {
      contact: pop.match.contact?.name ?? pop.match.organization?.name ?? "",
      number: otherParty(pop.call, pop.agent_extension).display ?? "",
      date: format.full(new Date().toISOString()),
    });
    const { selectionStart, selectionEnd } = field.current ?? { selectionStart: 0, selectionEnd: 0 };
    const next = inserted(view.text, selectionStart, selectionEnd, text);
    notes.type(callId, next.text);
    close();
    // Once the field has the new text.
    requestAnimationFrame(() => field.current?.setSelectionRange(next.caret, next.caret));
  };
  const button = (
    <ActionIcon
      variant="subtle"
      color="gray"
      title={`${t("note.template")} (Alt+V)`}
      aria-label={t("note.template")}
      aria-expanded={choosing}
      onClick={() => setChoosing((is) => !is)}
    >
      <IconTemplate size={18} />
    </ActionIcon>
  );

  return (
    <Stack gap={6}>
      <div className={classes.noteField}>
        <Textarea
          ref={field}
          label={
            <Group justify="space-between" component="span" w="100%" pe={36}>
              {t("note.label")}
              <SaveState status={view.status} />
            </Group>
          }
          labelProps={{ style: { width: "100%" } }}
          placeholder={t("note.placeholder")}
          autosize
          minRows={4}
          maxRows={14}
          dir="auto"
          value={view.text}
          onChange={(event) => notes.type(callId, event.currentTarget.value)}
          onBlur={() => void notes.save(callId)}
        />
        <div className={classes.noteTools}>
          {choosing ? (
            <Suspense fallback={button}>
              <TemplatePicker queue={pop.call.queue} choose={insert} close={close}>
                {button}
              </TemplatePicker>
            </Suspense>
          ) : (
            button
          )}
        </div>
      </div>
      <OtherWindow about={callId} view={view} />
      {pop.colleagues_notes.map((note) => note.text.trim() && <ColleaguesNote key={note.id} note={note} />)}
    </Stack>
  );
}

/** What somebody else writes on the same call, as they write it, or wrote before they handed it on. */
export function ColleaguesNote({ note }: { note: Note }) {
  const { t } = useTranslation();
  return (
    <section aria-label={t("note.by", { name: note.author.name })} data-testid="colleagues-note">
      <Text size="sm" c="dimmed">
        {t(note.draft ? "note.isWriting" : "note.wrote", { name: note.author.name })}
      </Text>
      <blockquote className={written.quote}>
        <Outside>{note.text}</Outside>
      </blockquote>
    </section>
  );
}
