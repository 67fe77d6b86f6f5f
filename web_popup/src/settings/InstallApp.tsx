/** Installing the page as an app: offered where the browser offers it, explained elsewhere. */
import { Button, Stack, Text } from "@mantine/core";
import { useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { installOffer, whenInstallOffered } from "../notify/install";

export function InstallApp() {
  const { t } = useTranslation();
  const offer = useSyncExternalStore(whenInstallOffered, installOffer);
  const [installed, setInstalled] = useState(() => matchMedia("(display-mode: standalone)").matches);
  const install = async () => {
    const choice = await offer?.prompt();
    setInstalled(choice?.outcome === "accepted");
  };
  return (
    <Stack gap="xs" align="flex-start">
      <Text size="sm" c="dimmed">
        {t("settings.installHint")}
      </Text>
      {installed ? (
        <Text size="sm">{t("settings.installDone")}</Text>
      ) : offer ? (
        <Button variant="default" onClick={() => void install()}>
          {t("settings.installOn")}
        </Button>
      ) : (
        <Text size="sm">{t("settings.installHow")}</Text>
      )}
    </Stack>
  );
}
