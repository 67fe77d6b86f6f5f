/** How a call stands for the agent who controls it: told by the call alone, never by what was clicked. Pure. */
import type { Call, Leg } from "../api/types";
import { ownLeg } from "../state/progress";

export interface Standing {
  /** The agent's own part; undefined before and after it. */
  own: Leg | undefined;
  held: boolean;
  muted: boolean;
  /** Who is called, or talked with, while the customer waits; only where the PBX keeps the customer for us. */
  asked: Leg | null;
  /** Whom else the agent hears, the customer left out: a talk of three. */
  third: Leg | null;
  /** The slot the customer waits in. */
  slot: string | null;
}

const live = (leg: Leg) => leg.state !== "cleared" && leg.kind !== "local";

export function standingOf(call: Call, extension: string): Standing {
  const newest = ownLeg(call, extension);
  const own = newest && live(newest) ? newest : undefined;
  const held = own?.state === "held";
  const legs = call.legs.filter(live);
  const others = legs.filter((leg) => leg !== own).sort((a, b) => a.started_at.localeCompare(b.started_at));
  const alone = own !== undefined && legs.filter((leg) => leg.device === own.device).length === 1;
  const heldSince = call.holds.findLast((hold) => hold.to === null)?.from;
  const asked =
    held && alone && heldSince !== undefined
      ? (others.findLast((leg) => !leg.placed && leg.started_at >= heldSince) ?? null)
      : null;
  const connected = others.filter((leg) => leg.state === "connected");
  return {
    own,
    held,
    muted: own?.muted === true,
    asked,
    third: own?.state === "connected" && connected.length > 1 ? (connected.at(-1) ?? null) : null,
    slot: call.parked.findLast((stay) => stay.to === null)?.slot ?? null,
  };
}

/** Whether keys, hold and the like make sense: the agent is in the talk. */
export const inTalk = ({ own }: Standing) => own?.state === "connected" || own?.state === "held";

/** Which colleague gave this agent the call, or asks them before giving it; null if nobody did. */
export function handedOverBy(call: Call, extension: string): { who: string; asks: boolean } | null {
  const own = ownLeg(call, extension);
  if (!own || own.state === "cleared") return null;
  const transfer = call.transfers.at(-1);
  const mine = call.talk.find((talk) => talk.agent === extension && transfer && talk.from < transfer.at);
  if (transfer && transfer.from !== extension && !mine) return { who: transfer.from, asks: false };
  if (own.placed) return null;
  const asks = call.holds.find((hold) => hold.to === null && hold.by !== extension && hold.from <= own.started_at);
  return asks ? { who: asks.by, asks: true } : null;
}
