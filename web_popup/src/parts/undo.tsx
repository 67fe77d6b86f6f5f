/** Tells that something was done, with a way back. */
import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

const SHOWN_MS = 12_000;

function Told({ text, undo }: { text: string; undo: () => void }) {
  const { t } = useTranslation();
  return (
    <Group justify="space-between" wrap="nowrap" gap="sm">
      <Text size="sm">{text}</Text>
      <Button size="compact-sm" variant="light" leftSection={<IconArrowBackUp size={16} />} onClick={undo}>
        {t("common.undo")}
      </Button>
    </Group>
  );
}

/** A notification that offers to undo what it tells; it goes when that is done, or by itself. */
export function tellWithUndo(text: string, undo: () => unknown): void {
  const id = notifications.show({
    autoClose: SHOWN_MS,
    message: (
      <Told
        text={text}
        undo={() => {
          notifications.hide(id);
          void undo();
        }}
      />
    ),
  });
}
