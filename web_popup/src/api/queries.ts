/** What the service stores, as TanStack queries. A key begins with the resource's name in the API. */
import {
  type InfiniteData,
  keepPreviousData,
  type QueryClient,
  type UseInfiniteQueryResult,
  useInfiniteQuery,
  useQuery,
} from "@tanstack/react-query";
import { type Pages as MissedPages, withLine } from "../missed/lines";
import { api, ok, okOrNull } from "./client";
import type { Import, MissedCall, paths, ServerMessage, Session, Task } from "./types";

type QueryOf<Path extends keyof paths> = paths[Path] extends { get: { parameters: { query?: infer Query } } }
  ? NonNullable<Query>
  : never;
export type CallFilter = Omit<QueryOf<"/api/v1/calls">, "cursor" | "limit">;
export type MissedFilter = Omit<QueryOf<"/api/v1/missed-calls">, "cursor" | "limit">;
export type TaskFilter = Omit<QueryOf<"/api/v1/tasks">, "cursor" | "limit">;

interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

function usePages<T>(
  key: readonly unknown[],
  read: (cursor: string | null, signal: AbortSignal) => Promise<Page<T>>,
  enabled = true,
): UseInfiniteQueryResult<InfiniteData<Page<T>>> {
  return useInfiniteQuery({
    queryKey: key,
    enabled,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: (before) => before,
  });
}

export const useSession = () =>
  useQuery({
    queryKey: ["session"],
    queryFn: () => okOrNull(api.GET("/api/v1/session"), 401),
    staleTime: 60_000,
  });

export const useUsers = () =>
  useQuery({
    queryKey: ["users"],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/users", { signal })).then((page) => page.items),
    staleTime: 300_000,
  });

/** What can be chosen at the end of a call; `retired`: what could be chosen once, too. */
export const useDispositions = (retired = false) =>
  useQuery({
    queryKey: ["dispositions", { retired }],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/dispositions", { params: { query: { retired } }, signal })),
    staleTime: 300_000,
  });

export const useContacts = (q: string, organizationId?: string, enabled = true) =>
  usePages(
    ["contacts", "list", { q, organizationId }],
    (cursor, signal) =>
      ok(
        api.GET("/api/v1/contacts", {
          params: { query: { q, organization_id: organizationId ?? undefined, cursor: cursor ?? undefined } },
          signal,
        }),
      ),
    enabled,
  );

export const useContact = (id: string) =>
  useQuery({
    queryKey: ["contacts", "one", id],
    queryFn: ({ signal }) =>
      okOrNull(api.GET("/api/v1/contacts/{contact_id}", { params: { path: { contact_id: id } }, signal })),
  });

export const useOrganizations = (q: string, enabled = true) =>
  usePages(
    ["organizations", "list", { q }],
    (cursor, signal) =>
      ok(api.GET("/api/v1/organizations", { params: { query: { q, cursor: cursor ?? undefined } }, signal })),
    enabled,
  );

export const useOrganization = (id: string) =>
  useQuery({
    queryKey: ["organizations", "one", id],
    queryFn: ({ signal }) =>
      okOrNull(
        api.GET("/api/v1/organizations/{organization_id}", { params: { path: { organization_id: id } }, signal }),
      ),
  });

/** The search over everything; what was asked before is dropped when more is typed. */
export const useSearch = (q: string) =>
  useQuery({
    queryKey: ["search", q],
    enabled: q !== "",
    queryFn: ({ signal }) => ok(api.GET("/api/v1/search", { params: { query: { q } }, signal })),
    placeholderData: (before) => before,
    staleTime: 5_000,
    retry: false,
  });

export const useCustomFields = () =>
  useQuery({
    queryKey: ["custom-fields"],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/custom-fields", { signal })).then((page) => page.items),
    staleTime: 60_000,
  });

export type Subject = { contactId: string } | { organizationId: string };

/** A part of a timeline; `from` and `to` are days, both included. */
export interface TimelineFilter {
  kinds?: Array<"call" | "note" | "task">;
  colleague?: string;
  q?: string;
  from?: string;
  to?: string;
}

const midnight = (day: string | undefined, later = 0) => {
  if (!day) return undefined;
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + later).toISOString();
};

export const useTimeline = (subject: Subject, filter: TimelineFilter) =>
  usePages(["timeline", subject, filter], (cursor, signal) => {
    const { kinds, colleague, q, from, to } = filter;
    const query = {
      cursor: cursor ?? undefined,
      limit: 20,
      kinds,
      colleague,
      q: q?.trim() || undefined,
      since: midnight(from),
      until: midnight(to, 1),
    };
    return "contactId" in subject
      ? ok(
          api.GET("/api/v1/contacts/{contact_id}/timeline", {
            params: { path: { contact_id: subject.contactId }, query },
            signal,
          }),
        )
      : ok(
          api.GET("/api/v1/organizations/{organization_id}/timeline", {
            params: { path: { organization_id: subject.organizationId }, query },
            signal,
          }),
        );
  });

export const useTasks = (filter: TaskFilter) =>
  usePages(["tasks", filter], (cursor, signal) =>
    ok(api.GET("/api/v1/tasks", { params: { query: { ...filter, cursor: cursor ?? undefined } }, signal })),
  );

/** The tasks due in a stretch of time; not by pages, for a calendar shows all of them. */
export const useTaskRange = ({
  assignee,
  from,
  before,
}: {
  assignee: TaskFilter["assignee"];
  from: string;
  before: string;
}) =>
  useQuery({
    queryKey: ["tasks", "range", { assignee, from, before }],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<Task[]> => {
      const query = { status: "all", assignee, due_from: from, due_before: before, limit: 200 } as const;
      const tasks: Task[] = [];
      let cursor: string | undefined;
      do {
        const page = await ok(api.GET("/api/v1/tasks", { params: { query: { ...query, cursor } }, signal }));
        tasks.push(...page.items);
        cursor = page.next_cursor ?? undefined;
      } while (cursor && tasks.length < MOST_IN_CALENDAR);
      return tasks;
    },
  });
const MOST_IN_CALENDAR = 1000;

/** What there is to tell of my tasks. */
export const useTaskNotices = () =>
  useQuery({
    queryKey: ["tasks", "notices"],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/tasks/notices", { signal })).then((page) => page.items),
  });

export const useReminderMail = () =>
  useQuery({
    queryKey: ["reminder-mail"],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/tasks/reminder-mail", { signal })),
  });

export const useNoteTemplates = (enabled = true) =>
  useQuery({
    queryKey: ["note-templates"],
    enabled,
    queryFn: ({ signal }) => ok(api.GET("/api/v1/note-templates", { signal })).then((page) => page.items),
    staleTime: 300_000,
  });

export const useCalls = (filter: CallFilter) =>
  usePages(["calls", "list", filter], (cursor, signal) =>
    ok(api.GET("/api/v1/calls", { params: { query: { ...filter, cursor: cursor ?? undefined } }, signal })),
  );

export const useMissedCalls = (filter: MissedFilter) =>
  usePages(["missed-calls", filter], (cursor, signal) =>
    ok(api.GET("/api/v1/missed-calls", { params: { query: { ...filter, cursor: cursor ?? undefined } }, signal })),
  );

/** A line changed: the list that is shown shows it as it is now; the others are read anew, for it may be theirs now. */
export function showMissedCall(queries: QueryClient, line: MissedCall): void {
  const lists = { queryKey: ["missed-calls"] };
  queries.setQueriesData<MissedPages>(lists, (pages) => pages && withLine(pages, line));
  queries.removeQueries({ ...lists, type: "inactive" });
}

export const useCall = (id: string) =>
  useQuery({
    queryKey: ["calls", "one", id],
    queryFn: ({ signal }) =>
      okOrNull(api.GET("/api/v1/calls/{call_id}", { params: { path: { call_id: id } }, signal })),
  });

export const useExplanation = (id: string) =>
  useQuery({
    queryKey: ["calls", "explanation", id],
    queryFn: ({ signal }) =>
      ok(api.GET("/api/v1/calls/{call_id}/explanation", { params: { path: { call_id: id } }, signal })),
  });

export const useImport = (started: Import | undefined) =>
  useQuery({
    queryKey: ["import", started?.id],
    enabled: started !== undefined,
    initialData: started,
    queryFn: ({ signal }) =>
      ok(
        api.GET("/api/v1/contacts/import/{import_id}", {
          params: { path: { import_id: started?.id ?? "" } },
          signal,
        }),
      ),
    refetchInterval: (query) => (query.state.data?.state === "running" ? 500 : false),
  });

/** Somebody signed in or out: what was read for another user is forgotten. */
export function changeSession(queries: QueryClient, session: Session | null): void {
  queries.removeQueries({ predicate: (query) => query.queryKey[0] !== "session" });
  queries.setQueryData(["session"], session);
}

const STALE: Record<Extract<ServerMessage, { type: "data" }>["resource"], readonly string[]> = {
  contacts: ["contacts", "organizations", "timeline", "missed-calls"],
  organizations: ["organizations", "contacts"],
  notes: ["notes", "timeline", "calls"],
  tasks: ["tasks", "timeline", "calls"],
  touchpoints: ["timeline", "calls"],
  agents: ["agents", "users"],
  dispositions: ["dispositions"],
  "note-templates": ["note-templates"],
};

/** What a message of the server makes stale is read again where it is shown. */
export function staleAfter(message: ServerMessage, queries: QueryClient): void {
  if (message.type === "data") stale(queries, STALE[message.resource] ?? []);
  if (message.type === "missed_calls") {
    for (const line of message.lines) showMissedCall(queries, line);
    stale(queries, ["missed-calls"]);
  }
  if (message.type === "task_notice") stale(queries, ["tasks"]);
  // After a gap anything may have changed.
  if (message.type === "snapshot") {
    stale(queries, [
      "missed-calls",
      "contacts",
      "organizations",
      "timeline",
      "tasks",
      "calls",
      "dispositions",
      "note-templates",
    ]);
  }
  if (message.type === "call" && message.call.ended_at !== null) stale(queries, ["calls", "timeline"]);
}

const waiting = new Set<string>();
const TOGETHER_MS = 250;

/** Many changes in a moment are one reading. */
export function stale(queries: QueryClient, keys: readonly string[]): void {
  const idle = waiting.size === 0;
  for (const key of keys) waiting.add(key);
  if (!idle || waiting.size === 0) return;
  setTimeout(() => {
    const due = [...waiting];
    waiting.clear();
    for (const key of due) void queries.invalidateQueries({ queryKey: [key] });
  }, TOGETHER_MS);
}
