/** A note outside of any call. */
import { Stack, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import { type Subject, stale } from "../api/queries";
import { FormEnd } from "../parts/FormEnd";

export function NewNote({ subject, done }: { subject: Subject; done: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [text, setText] = useState("");
  const about =
    "contactId" in subject ? { contact_id: subject.contactId } : { organization_id: subject.organizationId };
  const save = useMutation({
    mutationFn: () => ok(api.POST("/api/v1/notes", { body: { text: text.trim(), ...about } })),
    onSuccess: () => {
      stale(queries, ["notes", "timeline"]);
      done();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() && !save.isPending) save.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Textarea
          label={t("note.new")}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          autosize
          minRows={3}
          maxLength={20_000}
          autoFocus
          dir="auto"
        />
        <FormEnd error={save.error} pending={save.isPending} ready={Boolean(text.trim())} cancel={done} />
      </Stack>
    </form>
  );
}
