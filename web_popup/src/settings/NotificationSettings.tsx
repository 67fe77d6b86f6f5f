/** Notifications of the browser: wanted or not, and what the browser says to that. */
import { Button, Group, Stack, Switch, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { notify, permission } from "../notify/notifications";
import { useDesk } from "../shell/live";
import { agentAt } from "../state/agents";
import { prefer, usePreferences } from "./preferences";

export function NotificationSettings() {
  const { t } = useTranslation();
  const { notifications } = usePreferences();
  const quiet = useDesk((desk) => agentAt(desk.agents, desk.extension)?.do_not_disturb ?? false);
  const [allowed, setAllowed] = useState(permission);
  const change = async (on: boolean) => {
    prefer({ notifications: on });
    if (on && allowed === "default") await Notification.requestPermission();
    setAllowed(permission());
  };
  const test = () =>
    notify(
      {
        id: "test",
        title: t("settings.notificationsTested"),
        body: t("app.name"),
        told: { callId: "", number: null, contactId: null },
        buttons: [{ action: "show", title: t("notify.show") }],
        lasting: false,
      },
      () => {},
    );
  return (
    <Stack gap="xs" align="flex-start">
      <Text size="sm" c="dimmed">
        {t("settings.notificationsHint")}
      </Text>
      <Group gap="lg">
        <Switch
          label={t("settings.notificationsOn")}
          checked={allowed === "granted" && notifications}
          disabled={allowed === "denied" || allowed === "missing"}
          onChange={(event) => void change(event.currentTarget.checked)}
        />
        {allowed === "granted" && notifications && (
          <Button size="compact-sm" variant="default" onClick={test}>
            {t("settings.notificationsTest")}
          </Button>
        )}
      </Group>
      <div role="status">
        {allowed === "default" && <Text size="sm">{t("settings.notificationsAsk")}</Text>}
        {allowed === "denied" && <Text size="sm">{t("settings.notificationsDenied")}</Text>}
        {allowed === "missing" && <Text size="sm">{t("settings.notificationsMissing")}</Text>}
        {quiet && <Text size="sm">{t("settings.quiet")}</Text>}
      </div>
    </Stack>
  );
}
