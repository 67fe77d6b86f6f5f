/** What each user sets for themselves in this browser. */
import { Stack, Switch, Text, Title } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { notificationsWanted, permission, wantNotifications } from "../notify/notify";
import { Card, PageTitle } from "../parts/parts";
import { KeyList } from "../shell/Help";
import { useDesk, useLive } from "../shell/live";
import { LanguageSwitch, SchemeSwitch } from "./switches";

export default function SettingsPage() {
  const { t } = useTranslation();
  const { session } = useLive();
  const extension = useDesk((desk) => desk.extension);
  const version = useDesk((desk) => desk.version);
  return (
    <Stack maw={640}>
      <PageTitle title={t("settings.title")} />
      <Part title={t("settings.language")}>
        <LanguageSwitch />
      </Part>
      <Part title={t("settings.scheme")}>
        <SchemeSwitch />
      </Part>
      <Part title={t("settings.notifications")}>
        <Notifications />
      </Part>
      <Part title={t("settings.account")}>
        <Text>
          {session.user.name} · {t(`role.${session.role}`)}
        </Text>
        <Text c="dimmed">
          {t("settings.extension")}: {extension ?? t("settings.noExtension")}
        </Text>
        {version && <Text c="dimmed">{t("settings.version", { version })}</Text>}
      </Part>
      <Part title={t("settings.keyboard")}>
        <KeyList />
      </Part>
    </Stack>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card>
      <Title order={2} size="h5" mb="sm">
        {title}
      </Title>
      {children}
    </Card>
  );
}

function Notifications() {
  const { t } = useTranslation();
  const [on, setOn] = useState(notificationsWanted);
  const [allowed, setAllowed] = useState(permission);
  const change = async (wanted: boolean) => {
    setOn(await wantNotifications(wanted));
    setAllowed(permission());
  };
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        {t("settings.notificationsHint")}
      </Text>
      <Switch
        label={t("settings.notificationsOn")}
        checked={on}
        disabled={allowed === "denied" || allowed === "missing"}
        onChange={(event) => void change(event.currentTarget.checked)}
      />
      {allowed === "denied" && <Text size="sm">{t("settings.notificationsDenied")}</Text>}
      {allowed === "missing" && <Text size="sm">{t("settings.notificationsMissing")}</Text>}
    </Stack>
  );
}
