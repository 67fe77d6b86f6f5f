/** A dialog: Mantine's, with words for its cross; and what it holds where something is asked before it is done. */
import { Button, Group, Modal, type ModalProps, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Problem } from "./parts";

export function Dialog(props: ModalProps) {
  const { t } = useTranslation();
  return <Modal closeButtonProps={{ "aria-label": t("common.close") }} {...props} />;
}

interface SureProps {
  text: string;
  /** What it does, on the button. */
  act: string;
  /** The request that does it. */
  deed: { isPending: boolean; isError: boolean; error: unknown; mutate: () => void };
  cancel: () => void;
}

/** Asks before something is removed. */
export function Sure({ text, act, deed, cancel }: SureProps) {
  const { t } = useTranslation();
  return (
    <Stack>
      <Text>{text}</Text>
      {deed.isError && <Problem error={deed.error} />}
      <Group gap="xs">
        <Button color="red.8" loading={deed.isPending} onClick={() => deed.mutate()}>
          {act}
        </Button>
        <Button variant="default" onClick={cancel} data-autofocus>
          {t("common.cancel")}
        </Button>
      </Group>
    </Stack>
  );
}
