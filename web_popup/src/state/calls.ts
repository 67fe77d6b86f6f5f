/** The calls that go on now and that this user may see. Pure. */
import type { Call } from "../api/types";

export interface CallsState {
  running: Readonly<Record<string, Call>>;
  /** Revisions of calls that ended, newest last: a late message must not bring one back. */
  ended: ReadonlyMap<string, number>;
}

export type CallsAction = { type: "calls/snapshot"; calls: readonly Call[] } | { type: "calls/changed"; call: Call };

export const noCalls: CallsState = { running: {}, ended: new Map() };

const REMEMBERED = 200;

export function reduceCalls(state: CallsState, action: CallsAction): CallsState {
  if (action.type === "calls/snapshot") {
    const running = action.calls.filter((call) => call.ended_at === null);
    return { running: Object.fromEntries(running.map((call) => [call.id, call])), ended: new Map() };
  }
  const { call } = action;
  const known = state.running[call.id]?.revision ?? state.ended.get(call.id);
  // With the same revision it is told whose the call is, which may be known a moment after the call.
  if (known !== undefined && call.revision < known) return state;
  if (call.ended_at === null) return { ...state, running: { ...state.running, [call.id]: call } };
  const { [call.id]: _over, ...running } = state.running;
  const ended = new Map(state.ended);
  ended.delete(call.id);
  ended.set(call.id, call.revision);
  for (const oldest of ended.keys()) {
    if (ended.size <= REMEMBERED) break;
    ended.delete(oldest);
  }
  return { running, ended };
}

/** The running calls, the newest first. */
export function runningCalls(state: CallsState): Call[] {
  return Object.values(state.running).sort((a, b) => b.started_at.localeCompare(a.started_at));
}
