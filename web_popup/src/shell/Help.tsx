/** Every key, on `?`. */
import { Kbd, Stack, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Dialog } from "../parts/Dialog";

const KEYS = [
  ["help", "?"],
  ["focusPop", "Alt+P"],
  ["note", "Alt+N"],
  ["template", "Alt+V"],
  ["task", "Alt+T"],
  ["result", "Alt+R"],
  ["candidate", "Alt+Shift+1"],
  ["spam", "Alt+J"],
  ["openContact", "Alt+O"],
  ["next", "Alt+X"],
  ["collapse", "Alt+M"],
  ["hold", "Alt+K"],
  ["mute", "Alt+U"],
  ["handOver", "Alt+A"],
  ["all", "Alt+C"],
  ["goBack", "Alt+B"],
  ["keys", "Alt+L"],
  ["park", "Alt+Q"],
  ["hangUp", "Alt+H"],
  ["done", "Alt+Enter"],
  ["wrapUpMore", "Alt+W"],
  ["wrapUpReady", "Alt+G"],
  ["ownState", "Alt+S"],
  ["dial", "Alt+D"],
  ["search", "/"],
  ["missedMove", "↑ ↓"],
  ["missedOpen", "Enter"],
  ["missedClaim", "C"],
  ["missedDial", "D"],
  ["missedDone", "X"],
  ["missedSnooze", "S"],
  ["missedUndo", "U"],
] as const;

export function KeyList() {
  const { t } = useTranslation();
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        {t("help.lead")}
      </Text>
      <Table verticalSpacing={6}>
        <Table.Tbody>
          {KEYS.map(([name, keys]) => (
            <Table.Tr key={name}>
              <Table.Td>{t(`help.${name}`)}</Table.Td>
              <Table.Td ta="right" style={{ whiteSpace: "nowrap" }}>
                {keys.split("+").map((key, index) => (
                  <span key={key}>
                    {index > 0 && " + "}
                    <Kbd>{key}</Kbd>
                  </span>
                ))}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Text size="sm" c="dimmed">
        {t("help.dialNote")}
      </Text>
    </Stack>
  );
}

export default function Help({ close }: { close: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog opened onClose={close} title={t("help.title")}>
      <KeyList />
    </Dialog>
  );
}
