/** The note of a call: saved as it is typed. */
import { Alert, Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { IconAlertCircle, IconCheck, IconCloudUpload, IconLoader2 } from "@tabler/icons-react";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import type { NoteStatus } from "../api/noteKeeper";
import type { Pop } from "../api/types";
import { useLive } from "../shell/live";
import { useShortcuts } from "../shell/shortcuts";
import classes from "./popup.module.css";

const ICONS = { saved: IconCheck, saving: IconLoader2, waiting: IconCloudUpload, refused: IconAlertCircle };

export function NoteField({ pop }: { pop: Pop }) {
  const { t } = useTranslation();
  const { notes } = useLive();
  const callId = pop.call.id;
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => notes.open(callId, pop.my_note), [notes, callId, pop.my_note]);
  const view = useSyncExternalStore(notes.subscribe, () => notes.view(callId));
  useShortcuts({ "Alt+N": () => field.current?.focus() });
  const { theirs } = view;

  return (
    <Stack gap={6}>
      <Textarea
        ref={field}
        label={
          <Group justify="space-between" component="span" w="100%">
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
      {theirs !== null && (
        <Alert color="orange" variant="default" title={t("note.conflict")} role="alert">
          <Stack gap="xs">
            <Text size="sm">{t("note.theirs")}</Text>
            <blockquote className={classes.quote} dir="auto">
              {theirs}
            </blockquote>
            <Group gap="xs">
              <Button size="xs" onClick={() => notes.resolve(callId, `${theirs}\n\n${view.text}`)}>
                {t("note.keepBoth")}
              </Button>
              <Button size="xs" variant="default" onClick={() => notes.resolve(callId, view.text)}>
                {t("note.keepMine")}
              </Button>
              <Button size="xs" variant="default" onClick={() => notes.resolve(callId, theirs)}>
                {t("note.takeTheirs")}
              </Button>
            </Group>
          </Stack>
        </Alert>
      )}
    </Stack>
  );
}

function SaveState({ status }: { status: NoteStatus }) {
  const { t } = useTranslation();
  if (status === "empty" || status === "conflict") return null;
  const Icon = ICONS[status];
  return (
    <span className={classes.saveState} data-testid="note-state" data-status={status}>
      <Icon size={15} aria-hidden />
      {t(`note.${status}`)}
    </span>
  );
}
