/** The page was opened and the service does not answer: says so, what is kept, and tries again by itself. */
import { Button, Center, Stack, Text, Title } from "@mantine/core";
import { IconWifiOff } from "@tabler/icons-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

const TRY_EVERY_MS = 5000;

export function Offline({ retry }: { retry: () => void }) {
  const { t } = useTranslation();
  const notes = keptNotes();
  useEffect(() => {
    const timer = setInterval(retry, TRY_EVERY_MS);
    addEventListener("online", retry);
    return () => {
      clearInterval(timer);
      removeEventListener("online", retry);
    };
  }, [retry]);
  return (
    <Center component="main" mih="100dvh" p="md">
      <Stack align="center" maw={420} ta="center" role="status">
        <IconWifiOff size={44} color="var(--quiet)" aria-hidden />
        <Title order={1} size="h3">
          {t("offline.title")}
        </Title>
        <Text c="dimmed">{t("offline.lead")}</Text>
        {notes > 0 && <Text>{t("offline.notes", { count: notes })}</Text>}
        <Button onClick={retry}>{t("common.retry")}</Button>
      </Stack>
    </Center>
  );
}

/** How many notes wait in this browser to be sent; the note keeper puts them there. */
function keptNotes(): number {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith("cti-crm.note."));
  return keys.filter((key) => localStorage.getItem(key)?.includes('"dirty":true')).length;
}
