/** What was deleted, to be had back. */
import { ActionIcon, Button, Group, Text } from "@mantine/core";
import { IconArrowBackUp, IconTrash, IconTrashX } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import { useFormat } from "../parts/format";
import { Empty, Loading, Outside, PageTitle, Problem } from "../parts/parts";
import { useLive } from "../shell/live";
import classes from "./contacts.module.css";
import { useRestore } from "./DeleteDialog";

export default function BinPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const restore = useRestore();
  const { role } = useLive().session;
  const bin = useQuery({
    queryKey: ["bin"],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/bin", { signal })).then((list) => list.items),
  });
  const purge = useMutation({
    mutationFn: (id: string) => ok(api.DELETE("/api/v1/bin/{item_id}", { params: { path: { item_id: id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["bin"] }),
  });
  const mayPurge = role === "manager" || role === "admin";
  return (
    <>
      <PageTitle title={t("bin.title")} lead={t("bin.lead")} />
      {purge.isError && <Problem error={purge.error} />}
      {bin.isPending && <Loading />}
      {bin.isError && <Problem error={bin.error} retry={() => void bin.refetch()} />}
      {bin.data?.length === 0 && <Empty icon={<IconTrash size={40} stroke={1.3} />} title={t("bin.empty")} />}
      {bin.data && bin.data.length > 0 && (
        <ul className={classes.list}>
          {bin.data.map((item) => (
            <li key={item.id} className={classes.row}>
              <div className={classes.who}>
                <Text fw={600}>
                  <Outside>{item.name}</Outside>
                </Text>
                <Text size="sm" c="dimmed">
                  {t("bin.by", { when: format.moment(item.deleted_at), who: item.deleted_by })} ·{" "}
                  {t("bin.until", { when: format.full(item.gone_at) })}
                </Text>
              </div>
              <Group gap={6} wrap="nowrap">
                <Button
                  size="xs"
                  variant="default"
                  leftSection={<IconArrowBackUp size={16} />}
                  onClick={() => void restore(item.id, item.name)}
                >
                  {t("bin.restore")}
                </Button>
                {mayPurge && (
                  <ActionIcon
                    variant="subtle"
                    color="red"
                    size={32}
                    title={t("bin.forGood")}
                    aria-label={`${t("bin.forGood")}: ${item.name}`}
                    onClick={() => purge.mutate(item.id)}
                  >
                    <IconTrashX size={18} />
                  </ActionIcon>
                )}
              </Group>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
