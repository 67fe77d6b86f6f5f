/** Tells that something was done, with a way back. */
import { Button, Group, Text } from "@mantine/core";
import { randomId } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useProblemText } from "./parts";

const SHOWN_MS = 12_000;

function Told({ text, undo, hide }: { text: string; undo: () => unknown; hide: () => void }) {
  const { t } = useTranslation();
  const problemText = useProblemText();
  const back = async () => {
    hide();
    try {
      await undo();
    } catch (error) {
      notifications.show({ color: "red", title: t("problem.title"), message: problemText(error) });
    }
  };
  return (
    <Group justify="space-between" wrap="nowrap" gap="sm">
      <Text size="sm">{text}</Text>
      <Button size="compact-sm" variant="light" leftSection={<IconArrowBackUp size={16} />} onClick={back}>
        {t("common.undo")}
      </Button>
    </Group>
  );
}

/** A notification that offers to undo what it tells; it goes when that is done, or by itself.
 *
 * `about`: what was done it to; the notification takes the place of an earlier one about the same.
 */
export function tellWithUndo(text: string, undo: () => unknown, about: string = randomId()): void {
  const id = `undo ${about}`;
  notifications.hide(id);
  notifications.show({
    id,
    autoClose: SHOWN_MS,
    message: <Told text={text} undo={undo} hide={() => notifications.hide(id)} />,
  });
}
