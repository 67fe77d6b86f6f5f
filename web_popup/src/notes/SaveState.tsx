/** What is shown beside a note that is saved as it is typed: how that stands, and both texts where two windows differ. */
import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { IconAlertCircle, IconCheck, IconCloudUpload, IconLoader2 } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { NoteStatus, NoteView } from "../api/noteKeeper";
import { useLive } from "../shell/live";
import classes from "./notes.module.css";

const ICONS = { saved: IconCheck, saving: IconLoader2, waiting: IconCloudUpload, refused: IconAlertCircle };

export function SaveState({ status }: { status: NoteStatus }) {
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

export function OtherWindow({ about, view }: { about: string; view: NoteView }) {
  const { t } = useTranslation();
  const { notes } = useLive();
  const { text, theirs } = view;
  if (theirs === null) return null;
  return (
    <Alert color="orange" variant="default" title={t("note.conflict")} role="alert">
      <Stack gap="xs">
        <Text size="sm">{t("note.theirs")}</Text>
        <blockquote className={classes.quote} dir="auto">
          {theirs}
        </blockquote>
        <Group gap="xs">
          <Button size="xs" onClick={() => notes.keepBoth(about)}>
            {t("note.keepBoth")}
          </Button>
          <Button size="xs" variant="default" onClick={() => notes.resolve(about, text)}>
            {t("note.keepMine")}
          </Button>
          <Button size="xs" variant="default" onClick={() => notes.resolve(about, theirs)}>
            {t("note.takeTheirs")}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
