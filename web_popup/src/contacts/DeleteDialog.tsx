/** Asks before something is deleted. */
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { stale } from "../api/queries";
import { Problem } from "../parts/parts";

interface Props {
  name: string;
  opened: boolean;
  close: () => void;
  remove: () => Promise<unknown>;
  /** Where to go afterwards. */
  back: string;
}

export function DeleteDialog({ name, opened, close, remove, back }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const deletion = useMutation({
    mutationFn: remove,
    onSuccess: async () => {
      await navigate(back);
      stale(queries, ["contacts", "organizations"]);
    },
  });
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t("contacts.deleteTitle", { name })}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <Stack>
        <Text>{t("contacts.deleteText")}</Text>
        {deletion.isError && <Problem error={deletion.error} />}
        <Group>
          <Button color="red.8" loading={deletion.isPending} onClick={() => deletion.mutate()}>
            {t("common.delete")}
          </Button>
          <Button variant="default" onClick={close} data-autofocus>
            {t("common.cancel")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
