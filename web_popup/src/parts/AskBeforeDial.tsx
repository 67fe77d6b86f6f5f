/** Asks before a number is called that is not to be called, and says why. */
import { Button, Group, Stack, Text } from "@mantine/core";
import { IconPhoneOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Dialog } from "./Dialog";

interface Props {
  number: string;
  /** As it was noted; empty if it was not. */
  reason: string;
  call: () => void;
  close: () => void;
}

export default function AskBeforeDial({ number, reason, call, close }: Props) {
  const { t } = useTranslation();
  return (
    <Dialog
      opened
      onClose={close}
      title={
        <Group gap="xs" wrap="nowrap">
          <IconPhoneOff size={20} color="var(--missed-text)" aria-hidden />
          {t("doNotCall.title")}
        </Group>
      }
    >
      <Stack>
        <div>
          <Text fw={600}>{t("doNotCall.number", { number })}</Text>
          <Text dir="auto">{t("doNotCall.why", { reason: reason || t("doNotCall.noReason") })}</Text>
        </div>
        <Group>
          <Button variant="default" onClick={close} data-autofocus>
            {t("common.cancel")}
          </Button>
          <Button color="red.8" onClick={call}>
            {t("doNotCall.anyway")}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
