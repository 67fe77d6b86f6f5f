/** Lines of missed calls, as the pages of a list hold them: which list a line belongs in, and how news change it. Pure. */
import type { MissedCall, MissedState } from "../api/types";

export type LineState = "open" | "snoozed" | "done";

export function stateOf(line: MissedCall, now: number): LineState {
  if (line.closed_at !== null) return "done";
  return line.snoozed_until !== null && Date.parse(line.snoozed_until) > now ? "snoozed" : "open";
}

/** Whether a line still belongs in a list; one that does not is hidden until the list is read again. */
export function belongs(line: MissedCall, wanted: MissedState, me: string, now: number): boolean {
  const state = stateOf(line, now);
  switch (wanted) {
    case "open":
      return state === "open";
    case "unclaimed":
      return state === "open" && line.claimed_by === null;
    case "mine":
      return state !== "done" && line.claimed_by?.id === me;
    case "snoozed":
      return state === "snoozed";
    case "done":
      return state === "done";
    case "all":
      return true;
  }
}

export interface Pages {
  pages: { items: MissedCall[]; next_cursor: string | null }[];
  pageParams: unknown[];
}

/** The pages with a line replaced, if it is newer; the very same pages if they do not hold it. */
export function withLine(pages: Pages, line: MissedCall): Pages {
  const older = (one: MissedCall) => one.id === line.id && one.version <= line.version;
  if (!pages.pages.some((page) => page.items.some(older))) return pages;
  return {
    ...pages,
    pages: pages.pages.map((page) => ({ ...page, items: page.items.map((one) => (older(one) ? line : one)) })),
  };
}

export function lineIn(pages: Pages | undefined, id: string): MissedCall | undefined {
  return pages?.pages.flatMap((page) => page.items).find((one) => one.id === id);
}

/** Who is missed, in one name: the contact, the organisation, what the network said, the number; null if they hide it. */
export function callerName(line: MissedCall): string | null {
  const known = line.contact?.name ?? line.organization?.name;
  // Networks name those who hide their number "Anonymous": the page has its own words for them.
  return known ?? (line.number && (line.name || line.display || line.number));
}

/** The queues a caller tried, each once, the last first. */
export function queuesOf(line: MissedCall): string[] {
  return [...new Set(line.attempts.flatMap((one) => (one.queue === null ? [] : [one.queue])))];
}
