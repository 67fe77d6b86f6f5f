/** A call as lanes of time, one for each leg that is a person's. Pure. */
import type { Call } from "../api/types";

export type Phase = "ringing" | "talking" | "held" | "other";

export interface Span {
  phase: Phase;
  /** Seconds from the call's start. */
  from: number;
  to: number;
}

export interface Lane {
  id: string;
  /** Extension or number. */
  party: string;
  name: string;
  outside: boolean;
  spans: Span[];
}

/** Seconds from the start to the end, or to now while the call runs; at least one. */
export function lengthOf(call: Call, now: number): number {
  const end = call.ended_at === null ? now : Date.parse(call.ended_at);
  return Math.max(1, (end - Date.parse(call.started_at)) / 1000);
}

export function lanesOf(call: Call, now: number): Lane[] {
  const start = Date.parse(call.started_at);
  const length = lengthOf(call, now);
  const at = (iso: string | null) => (iso === null ? length : clamp((Date.parse(iso) - start) / 1000, length));
  return call.legs
    .filter((leg) => leg.kind !== "local")
    .map((leg) => {
      const outside = leg.kind === "trunk";
      const end = at(leg.ended_at);
      const spans: Span[] = [];
      if (leg.alerting_at !== null) {
        spans.push({ phase: "ringing", from: at(leg.alerting_at), to: leg.answered_at ? at(leg.answered_at) : end });
      }
      if (leg.answered_at !== null) spans.push({ phase: "other", from: at(leg.answered_at), to: end });
      const talks = call.talk.filter((one) => outside || one.agent === leg.party);
      for (const talk of talks) {
        spans.push({
          phase: "talking",
          from: Math.max(at(talk.from), at(leg.started_at)),
          to: Math.min(at(talk.to), end),
        });
      }
      for (const hold of call.holds.filter((one) => one.by === leg.party)) {
        spans.push({ phase: "held", from: at(hold.from), to: Math.min(at(hold.to), end) });
      }
      return { id: leg.id, party: leg.party, name: leg.name, outside, spans: spans.filter((one) => one.to > one.from) };
    });
}

const clamp = (seconds: number, length: number) => Math.min(Math.max(seconds, 0), length);
