/** All numbers marked as spam, each with the way back. */
import { Button, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import { useFormat } from "../parts/format";
import { Loading, Outside, Problem } from "../parts/parts";
import classes from "./settings.module.css";

const KEY = ["spam-numbers"];

export function SpamNumbers() {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const marked = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => ok(api.GET("/api/v1/spam-numbers", { signal })).then((list) => list.items),
    staleTime: 0,
  });
  const unmark = useMutation({
    mutationFn: (number: string) => ok(api.DELETE("/api/v1/spam-numbers/{number}", { params: { path: { number } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  });
  if (marked.isPending) return <Loading lines={1} />;
  if (marked.isError) return <Problem error={marked.error} retry={() => void marked.refetch()} />;
  if (marked.data.length === 0) return <Text size="sm">{t("settings.spamNone")}</Text>;
  return (
    <ul className={classes.plain}>
      {marked.data.map((one) => (
        <li key={one.number}>
          <span>
            <Outside>{one.display || one.number}</Outside>{" "}
            <Text span size="sm" c="dimmed">
              {t("settings.spamBy", { name: one.marked_by.name, when: format.moment(one.marked_at) })}
            </Text>
          </span>
          <Button
            size="compact-sm"
            variant="default"
            disabled={unmark.isPending}
            onClick={() => unmark.mutate(one.number)}
          >
            {t("spam.unmark")}
          </Button>
        </li>
      ))}
    </ul>
  );
}
