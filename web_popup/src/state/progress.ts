/** What may truthfully be said of a call that this agent placed, and of a call they are in. Pure. */
import type { Call, Leg } from "../api/types";

export type DialProgress =
  | "preparing"
  | "own_ringing"
  | "dialling"
  | "remote_ringing"
  | "answered"
  | "busy"
  | "no_answer"
  | "own_no_answer"
  | "failed";

/** The agent's own leg: the newest one that is a phone of theirs. */
export function ownLeg(call: Call, extension: string): Leg | undefined {
  return call.legs.findLast((leg) => leg.kind === "device" && leg.party === extension);
}

/** How far a call has come that the agent placed, from their side. */
export function dialProgress(call: Call, extension: string): DialProgress {
  const own = ownLeg(call, extension);
  if (call.answered_at !== null) return "answered";
  if (call.ended_at !== null || call.outcome !== null) {
    if (call.outcome === "busy") return "busy";
    if (call.outcome === "no_answer") return "no_answer";
    return own && own.answered_at === null && own.alerting_at !== null ? "own_no_answer" : "failed";
  }
  const others = call.legs.filter((leg) => leg !== own && leg.kind !== "local" && leg.ended_at === null);
  if (others.some((leg) => leg.alerting_at !== null)) return "remote_ringing";
  if (others.length > 0) return "dialling";
  if (own?.state === "alerting") return "own_ringing";
  return own?.state === "connected" ? "dialling" : "preparing";
}

/** When this agent's talk began; null if they have not talked. */
export function talkingSince(call: Call, extension: string): string | null {
  return call.talk.findLast((one) => one.agent === extension)?.from ?? call.answered_at;
}

/** Who has the call on hold now; null if nobody. */
export function heldBy(call: Call): string | null {
  return call.holds.findLast((one) => one.to === null)?.by ?? null;
}

/** The side of a call that is not us; of an internal call the one who is not this extension. */
export function otherParty(call: Call, extension: string | null): Call["caller"] {
  if (call.direction === "inbound") return call.caller;
  if (call.direction === "outbound") return call.called;
  return call.caller.extension === extension || call.caller.number === extension ? call.called : call.caller;
}
