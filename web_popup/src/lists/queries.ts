/** Lists of contacts: read, kept, changed many at once. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import { stale } from "../api/queries";
import type { components } from "../api/schema";
import { tellWithUndo } from "../parts/undo";
import type { Filters } from "./filters";

type Schemas = components["schemas"];
export type Line = Schemas["LineOut"];
export type SavedList = Schemas["SavedListOut"];
export type BulkChange = Schemas["BulkChange"];
export type Sort = "name" | "newest";

const A_PAGE = 50;
const A_BATCH = 200;

export const useLines = (filters: Filters, sort: Sort) =>
  useInfiniteQuery({
    queryKey: ["contacts", "lines", filters, sort],
    queryFn: ({ pageParam, signal }) =>
      ok(
        api.GET("/api/v1/lists/contacts/lines", {
          params: {
            query: { filters: JSON.stringify(filters), sort, limit: A_PAGE, cursor: pageParam ?? undefined },
          },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: (before) => before,
  });

export const useCount = (filters: Filters) =>
  useQuery({
    queryKey: ["contacts", "count", filters],
    queryFn: ({ signal }) =>
      ok(
        api.GET("/api/v1/lists/contacts/count", {
          params: { query: { filters: JSON.stringify(filters) } },
          signal,
        }),
      ),
    placeholderData: (before) => before,
  });

export const useSavedLists = () =>
  useQuery({
    queryKey: ["lists"],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/lists", { signal })).then((page) => page.items),
  });

/** Where a list's file is. */
export function fileAddress(filters: Filters, sort: Sort): string {
  return `/api/v1/lists/contacts/file?${new URLSearchParams({ filters: JSON.stringify(filters), sort })}`;
}

export function useKeepList() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: { id?: string; name: string; shared: boolean; filters: Filters }) =>
      id
        ? ok(api.PUT("/api/v1/lists/{list_id}", { params: { path: { list_id: id } }, body }))
        : ok(api.POST("/api/v1/lists", { body })),
    onSuccess: () => stale(queries, ["lists"]),
  });
}

export function useForgetList() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const keep = useKeepList();
  return useMutation({
    mutationFn: (list: SavedList) =>
      ok(api.DELETE("/api/v1/lists/{list_id}", { params: { path: { list_id: list.id } } })),
    onSuccess: (_done, list) => {
      stale(queries, ["lists"]);
      const { name, shared, filters } = list;
      tellWithUndo(t("lists.forgotten", { name }), () => keep.mutateAsync({ name, shared, filters }));
    },
  });
}

interface Done {
  edits: string[];
  changed: number;
  left: number;
}

/** Sets one field of many, in batches; tells how many were done, and offers to undo all of it. */
export function useChangeMany() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const undo = useMutation({
    mutationFn: async (edits: readonly string[]) => {
      for (const edit of edits)
        await ok(api.POST("/api/v1/lists/changes/{edit_id}/undo", { params: { path: { edit_id: edit } } }));
    },
    onSettled: () => stale(queries, ["contacts", "organizations"]),
  });
  const tell = (done: Done) => {
    const left = done.left > 0 ? ` ${t("lists.left", { count: done.left })}` : "";
    tellWithUndo(t("lists.changed", { count: done.changed }) + left, () => undo.mutateAsync(done.edits));
  };
  return useMutation({
    mutationFn: async ({ lines, change }: { lines: readonly Line[]; change: BulkChange }) => {
      const done: Done = { edits: [], changed: 0, left: 0 };
      try {
        for (let start = 0; start < lines.length; start += A_BATCH) {
          const contacts = lines.slice(start, start + A_BATCH).map(({ id, version }) => ({ id, version }));
          const answer = await ok(api.POST("/api/v1/lists/contacts/change", { body: { contacts, change } }));
          done.edits.push(answer.id);
          done.changed += answer.changed;
          done.left += answer.left.length;
        }
      } catch (error) {
        if (done.edits.length > 0) tell(done); // what is done can be undone, whatever became of the rest
        throw error;
      }
      return done;
    },
    onSuccess: tell,
    onSettled: () => stale(queries, ["contacts", "organizations", "timeline"]),
  });
}
