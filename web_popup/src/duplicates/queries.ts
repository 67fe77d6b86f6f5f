/** The same person twice: what the service proposes, and what one does about it. */
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import { stale } from "../api/queries";
import type { components } from "../api/schema";
import { useProblemText } from "../parts/parts";
import { tellWithUndo } from "../parts/undo";

type Schemas = components["schemas"];
export type Pair = Schemas["DuplicateOut"];
export type Merge = Schemas["MergeOut"];
export type MergeWish = Schemas["MergeIn"];

const CHANGED = ["contacts", "organizations", "timeline", "tasks", "calls", "duplicates", "merges"];

export const useDuplicates = (limit: number) =>
  useQuery({
    queryKey: ["duplicates", "all", limit],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/duplicates", { params: { query: { limit } }, signal })),
    placeholderData: (before) => before,
  });

export const useDuplicatesOf = (contactId: string) =>
  useQuery({
    queryKey: ["duplicates", "of", contactId],
    queryFn: ({ signal }) =>
      ok(
        api.GET("/api/v1/contacts/{contact_id}/duplicates", {
          params: { path: { contact_id: contactId }, query: { limit: 3 } },
          signal,
        }),
      ),
  });

export const useMerges = (contactId: string) =>
  useQuery({
    queryKey: ["merges", contactId],
    queryFn: ({ signal }) =>
      ok(api.GET("/api/v1/contacts/{contact_id}/merges", { params: { path: { contact_id: contactId } }, signal })),
  });

/** Take two contacts apart again. */
export function useTakeApart() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const problemText = useProblemText();
  return useMutation({
    mutationFn: (mergeId: string) =>
      ok(api.POST("/api/v1/merges/{merge_id}/undo", { params: { path: { merge_id: mergeId } } })),
    onSuccess: () => {
      notifications.show({ message: t("duplicates.apartAgain") });
      stale(queries, CHANGED);
    },
    onError: (error) => notifications.show({ color: "red", title: t("problem.title"), message: problemText(error) }),
  });
}

export function useMerge() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const apart = useTakeApart();
  return useMutation({
    mutationFn: ({ keptId, wish }: { keptId: string; wish: MergeWish }) =>
      ok(api.POST("/api/v1/contacts/{contact_id}/merge", { params: { path: { contact_id: keptId } }, body: wish })),
    onSuccess: (merge) => {
      stale(queries, CHANGED);
      tellWithUndo(t("duplicates.merged", { name: merge.gone_name }), () => apart.mutate(merge.id));
    },
    onError: () => stale(queries, ["duplicates", "contacts"]),
  });
}

/** Say that two are not the same. */
export function useTellApart() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (pair: Pair) =>
      ok(
        api.POST("/api/v1/duplicates/distinct", {
          body: { first_id: pair.first.id, second_id: pair.second.id },
        }),
      ),
    onSuccess: () => stale(queries, ["duplicates"]),
  });
}
