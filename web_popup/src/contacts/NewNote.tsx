/** A note outside of any call. */
import { Button, Group, Stack, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import { type Subject, stale } from "../api/queries";
import { Problem } from "../parts/parts";

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
        {save.isError && <Problem error={save.error} />}
        <Group gap="xs">
          <Button type="submit" loading={save.isPending} disabled={!text.trim()}>
            {t("common.save")}
          </Button>
          <Button variant="default" onClick={done}>
            {t("common.cancel")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
