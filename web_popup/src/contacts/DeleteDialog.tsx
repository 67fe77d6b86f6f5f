/** Asks before something is deleted, and gives it back for a while. */
import { notifications } from "@mantine/notifications";
import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api, ok } from "../api/client";
import { stale } from "../api/queries";
import { Dialog, Sure } from "../parts/Dialog";
import { useProblemText } from "../parts/parts";
import { tellWithUndo } from "../parts/undo";

const CHANGED = ["contacts", "organizations", "search", "timeline", "tasks", "bin"];

interface Props {
  id: string;
  name: string;
  opened: boolean;
  close: () => void;
  remove: () => Promise<unknown>;
  /** Where to go afterwards; what is deleted was at this address with the id. */
  back: string;
}

export function DeleteDialog({ id, name, opened, close, remove, back }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const restore = useRestore();
  const deletion = useMutation({
    mutationFn: remove,
    onSuccess: async () => {
      await navigate(back);
      stale(queries, CHANGED);
      tellWithUndo(t("bin.deleted", { name }), async () => {
        if (await restore(id, name)) await navigate(`${back}/${id}`);
      });
    },
  });
  return (
    <Dialog opened={opened} onClose={close} title={t("contacts.deleteTitle", { name })}>
      <Sure text={t("contacts.deleteText")} act={t("common.delete")} deed={deletion} cancel={close} />
    </Dialog>
  );
}

/** Takes something out of the bin and says so; false, and why, if that does not work. */
export function useRestore(): (id: string, name: string) => Promise<boolean> {
  const { t } = useTranslation();
  const queries: QueryClient = useQueryClient();
  const problemText = useProblemText();
  return async (id, name) => {
    try {
      await ok(api.POST("/api/v1/bin/{item_id}/restore", { params: { path: { item_id: id } } }));
    } catch (error) {
      notifications.show({ color: "red", title: t("problem.title"), message: problemText(error) });
      return false;
    }
    await Promise.all(CHANGED.map((key) => queries.invalidateQueries({ queryKey: [key] })));
    notifications.show({ message: t("bin.restored", { name }) });
    return true;
  };
}
