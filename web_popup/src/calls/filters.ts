/** The call list's filters: periods in words to times, and to and from the page's address. Pure. */
import type { CallFilter } from "../api/queries";
import type { CallOutcome, Direction } from "../api/types";

export const PERIODS = ["today", "yesterday", "week", "month", "anyTime", "range"] as const;
export type Period = (typeof PERIODS)[number];
export const DIRECTIONS: readonly Direction[] = ["inbound", "outbound", "internal"];
export const OUTCOMES: readonly CallOutcome[] = [
  "answered",
  "missed",
  "abandoned",
  "voicemail",
  "busy",
  "no_answer",
  "failed",
];

export interface Chosen {
  period: Period;
  /** Values of date fields, for the period `range`. */
  since: string;
  until: string;
  agent: string;
  queue: string;
  direction: string;
  outcome: string;
  q: string;
}

export const NOTHING_CHOSEN: Chosen = {
  period: "anyTime",
  since: "",
  until: "",
  agent: "",
  queue: "",
  direction: "",
  outcome: "",
  q: "",
};

export function fromAddress(params: URLSearchParams): Chosen {
  const chosen = { ...NOTHING_CHOSEN };
  for (const name of Object.keys(chosen) as (keyof Chosen)[]) {
    const value = params.get(name);
    if (value === null) continue;
    if (name === "period") chosen.period = PERIODS.find((one) => one === value) ?? "anyTime";
    else chosen[name] = value;
  }
  return chosen;
}

export function toAddress(chosen: Chosen): Record<string, string> {
  return Object.fromEntries(
    Object.entries(chosen).filter(([name, value]) => value && !(name === "period" && value === "anyTime")),
  );
}

export const isFiltered = (chosen: Chosen) => Object.keys(toAddress(chosen)).length > 0;

/** The filter as the service takes it. Days are the user's own, a `range` includes its last minute. */
export function filterOf(chosen: Chosen, now: Date): CallFilter {
  const [since, until] = periodOf(chosen, now);
  const filter: CallFilter = { running: false };
  if (since) filter.since = since.toISOString();
  if (until) filter.until = until.toISOString();
  if (chosen.agent) filter.agent = chosen.agent;
  if (chosen.queue) filter.queue = chosen.queue;
  if (chosen.q.trim()) filter.q = chosen.q.trim();
  const direction = DIRECTIONS.find((one) => one === chosen.direction);
  if (direction) filter.direction = direction;
  const outcome = OUTCOMES.find((one) => one === chosen.outcome);
  if (outcome) filter.outcome = outcome;
  return filter;
}

/** From when until when a period goes; null where it has no end. */
export function periodOf(
  chosen: Pick<Chosen, "period" | "since" | "until">,
  now: Date,
): [since: Date | null, until: Date | null] {
  const day = (back: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() - back);
  switch (chosen.period) {
    case "today":
      return [day(0), null];
    case "yesterday":
      return [day(1), day(0)];
    case "week":
      return [day(6), null];
    case "month":
      return [day(29), null];
    case "anyTime":
      return [null, null];
    case "range":
      return [read(chosen.since), read(chosen.until)];
  }
}

function read(value: string): Date | null {
  // Browsers read the half of a date as a date too.
  const moment = new Date(/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value) ? value : Number.NaN);
  return Number.isNaN(moment.getTime()) ? null : moment;
}
