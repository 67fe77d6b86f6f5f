/** Asks before a caller is called back who may want just that. */
import { Button, Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { MissedCall } from "../api/types";
import { Dialog } from "../parts/Dialog";
import { LureReasons } from "./MissedDetails";

interface Props {
  line: MissedCall;
  close: () => void;
  callBack: () => void;
  unwanted: () => void;
}

export default function LureDialog({ line, close, callBack, unwanted }: Props) {
  const { t } = useTranslation();
  return (
    <Dialog opened onClose={close} title={t("missed.lureTitle", { number: line.display })}>
      <Stack>
        <LureReasons line={line} />
        <Text size="sm">{t("missed.lureHint")}</Text>
        <Group justify="flex-end">
          <Button variant="subtle" onClick={unwanted}>
            {t("missed.lureDone")}
          </Button>
          <Button variant="default" onClick={callBack}>
            {t("missed.lureCall")}
          </Button>
          <Button data-autofocus onClick={close}>
            {t("missed.lureNo")}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
