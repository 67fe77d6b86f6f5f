/** Whether reminders of tasks go out by e-mail as well, and where. */
import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import { useReminderMail } from "../api/queries";
import type { Language } from "../i18n";
import { Loading, Problem } from "../parts/parts";
import { ownZone } from "./TaskForm";

export function ReminderMailSettings() {
  const { t } = useTranslation();
  const wish = useReminderMail();
  if (wish.isPending) return <Loading lines={1} />;
  if (wish.isError) return <Problem error={wish.error} retry={() => void wish.refetch()} />;
  if (!wish.data.possible) return <Text c="dimmed">{t("task.mailNotPossible")}</Text>;
  return <Form address={wish.data.address ?? ""} />;
}

function Form({ address: stored }: { address: string }) {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const [address, setAddress] = useState(stored);
  const save = useMutation({
    mutationFn: (to: string | null) =>
      ok(
        api.PUT("/api/v1/tasks/reminder-mail", {
          body: { address: to, language: i18n.language as Language, timezone: ownZone() },
        }),
      ),
    onSuccess: (now) => {
      queries.setQueryData(["reminder-mail"], now);
      setAddress(now.address ?? "");
      notifications.show({ message: t(now.address ? "task.mailOn" : "task.mailOff") });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (address.trim()) save.mutate(address.trim());
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        <TextInput
          type="email"
          label={t("task.mailTo")}
          description={t("task.mailHint")}
          maxLength={254}
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
        />
        {save.isError && <Problem error={save.error} />}
        <Group gap="xs">
          <Button type="submit" loading={save.isPending} disabled={!address.trim() || address.trim() === stored}>
            {t("common.save")}
          </Button>
          {stored && (
            <Button variant="default" onClick={() => save.mutate(null)} disabled={save.isPending}>
              {t("task.mailStop")}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
