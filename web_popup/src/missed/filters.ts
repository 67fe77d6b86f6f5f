/** What the list of missed calls shows and in which order, to and from the page's address. Pure. */
import type { MissedFilter } from "../api/queries";
import type { MissedSort, MissedState } from "../api/types";
import { PERIODS, type Period, periodOf } from "../calls/filters";

export type Shown = Exclude<MissedState, "all">;
export const STATES: readonly Shown[] = ["open", "unclaimed", "mine", "snoozed", "done"];
export const SORTS: readonly MissedSort[] = ["due", "last", "attempts", "waited"];

export interface Chosen {
  state: Shown;
  sort: MissedSort;
  queue: string;
  period: Period;
  since: string;
  until: string;
  /** Where the page of a call leads to: the line in which it stands, whatever became of it. */
  call: string;
  q: string;
}

export const NOTHING_CHOSEN: Chosen = {
  state: "open",
  sort: "due",
  queue: "",
  period: "anyTime",
  since: "",
  until: "",
  call: "",
  q: "",
};

export function fromAddress(params: URLSearchParams): Chosen {
  const text = (name: keyof Chosen) => params.get(name) ?? "";
  return {
    state: STATES.find((one) => one === text("state")) ?? "open",
    sort: SORTS.find((one) => one === text("sort")) ?? "due",
    period: PERIODS.find((one) => one === text("period")) ?? "anyTime",
    queue: text("queue"),
    since: text("since"),
    until: text("until"),
    call: text("call"),
    q: text("q"),
  };
}

export function toAddress(chosen: Chosen): Record<string, string> {
  const names = Object.keys(chosen) as (keyof Chosen)[];
  return Object.fromEntries(
    names.filter((name) => chosen[name] !== NOTHING_CHOSEN[name]).map((name) => [name, chosen[name]]),
  );
}

/** Whether anything narrows the list, besides the kind of lines it shows. */
export const isNarrowed = ({ state: _state, sort: _sort, ...rest }: Chosen) =>
  Object.keys(toAddress({ ...NOTHING_CHOSEN, ...rest })).length > 0;

export const wantedState = (chosen: Chosen): MissedState => (chosen.call ? "all" : chosen.state);

/** The filter as the service takes it. */
export function filterOf(chosen: Chosen, now: Date): MissedFilter {
  const filter: MissedFilter = { state: wantedState(chosen), sort: chosen.sort };
  if (chosen.call) return { ...filter, call_id: chosen.call };
  const [since, until] = periodOf(chosen, now);
  if (since) filter.since = since.toISOString();
  if (until) filter.until = until.toISOString();
  if (chosen.queue) filter.queue = chosen.queue;
  if (chosen.q.trim()) filter.q = chosen.q.trim();
  return filter;
}
