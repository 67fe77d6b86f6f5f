/** A note outside of any call: kept as it is typed, for oneself alone, until it is saved. */
import { Button, Group, Stack, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, uniqueKey } from "../api/client";
import { stale } from "../api/queries";
import { type About, draftKey } from "../notes/draftKey";
import { useNoteDraft } from "../notes/drafts";
import { OtherWindow, SaveState } from "../notes/SaveState";
import { FormEnd } from "../parts/FormEnd";
import { tellWithUndo } from "../parts/undo";
import { useLive } from "../shell/live";

export function NewNote({ about, done }: { about: About; done: () => void }) {
  const { t } = useTranslation();
  const { notes } = useLive();
  const queries = useQueryClient();
  const key = draftKey(about);
  const view = useNoteDraft(about);
  const text = view.text.trim();
  // Sent again after a lost answer, the same text is the same note.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text is another wish
  const wish = useMemo(uniqueKey, [text]);
  const save = useMutation({
    mutationFn: async () => {
      await notes.finish(key);
      const body = { text: notes.view(key).text.trim(), ...about };
      return ok(api.POST("/api/v1/notes", { body, headers: { "Idempotency-Key": wish } }));
    },
    onSuccess: () => {
      notes.forget(key);
      stale(queries, ["notes", "timeline"]);
      done();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text && !save.isPending) save.mutate();
  };
  const discard = () => {
    notes.resolve(key, "");
    void notes.save(key);
    tellWithUndo(t("note.discarded"), () => notes.type(key, view.text), key);
    done();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Textarea
          label={
            <Group justify="space-between" component="span" w="100%">
              {t("note.label")}
              <SaveState status={view.status} />
            </Group>
          }
          labelProps={{ style: { width: "100%" } }}
          description={t("note.onlyYou")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          value={view.text}
          onChange={(event) => notes.type(key, event.currentTarget.value)}
          onBlur={() => void notes.save(key)}
          autosize
          minRows={3}
          maxRows={14}
          maxLength={20_000}
          data-autofocus
          dir="auto"
        />
        <OtherWindow about={key} view={view} />
        <FormEnd
          error={save.error}
          pending={save.isPending}
          ready={text !== ""}
          cancel={done}
          out={text ? t("common.close") : undefined}
        >
          {text && (
            <Button variant="subtle" color="red" ms="auto" onClick={discard}>
              {t("note.discard")}
            </Button>
          )}
        </FormEnd>
      </Stack>
    </form>
  );
}
