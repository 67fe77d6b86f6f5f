/** What each user sets for themselves in this browser. */
import { Anchor, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Card, PageTitle } from "../parts/parts";
import { KeyList } from "../shell/Help";
import { useDesk, useLive } from "../shell/live";
import { ReminderMailSettings } from "../tasks/ReminderMailSettings";
import { InstallApp } from "./InstallApp";
import { NotificationSettings } from "./NotificationSettings";
import { LinkSettings, PhoneSettings } from "./PhoneSettings";
import { SoundSettings } from "./SoundSettings";
import { SpamNumbers } from "./SpamNumbers";
import { ContrastSwitch, DensitySwitch, LanguageSwitch, SchemeSwitch } from "./switches";

export default function SettingsPage() {
  const { t } = useTranslation();
  const { session } = useLive();
  const extension = useDesk((desk) => desk.extension);
  const version = useDesk((desk) => desk.version);
  return (
    <>
      <PageTitle title={t("settings.title")} />
      <Stack maw={680}>
        <Part title={t("settings.scheme")}>
          <Stack gap="md">
            <Row label={t("settings.language")}>
              <LanguageSwitch />
            </Row>
            <Row label={t("settings.colours")}>
              <SchemeSwitch />
            </Row>
            <Row label={t("settings.contrast")}>
              <ContrastSwitch />
            </Row>
            <DensitySwitch />
          </Stack>
        </Part>
        <Part title={t("settings.notifications")}>
          <NotificationSettings />
        </Part>
        <Part title={t("settings.sound")}>
          <SoundSettings />
        </Part>
        <Part title={t("settings.device")}>
          <PhoneSettings />
        </Part>
        <Part title={t("settings.handlers")}>
          <LinkSettings />
        </Part>
        <Part title={t("settings.install")}>
          <InstallApp />
        </Part>
        <Part title={t("settings.spam")}>
          <SpamNumbers />
        </Part>
        <Part title={t("task.mailTitle")}>
          <ReminderMailSettings />
        </Part>
        {(session.role === "manager" || session.role === "admin") && (
          <Part title={t("desk.title")}>
            <Text c="dimmed" mb="xs">
              {t("desk.lead")}
            </Text>
            <Anchor component={Link} to="/settings/desk">
              {t("desk.open")}
            </Anchor>
          </Part>
        )}
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
    </>
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

function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <Text size="sm" fw={550} mb={4} aria-hidden>
        {label}
      </Text>
      {children}
    </div>
  );
}
