/** Calls and pops for the tests beside this file. */
import type { Call, Leg, Pop } from "../api/types";

const AT = "2026-11-21T09:00:00Z";

export function call(overrides: Partial<Call> = {}): Call {
  const party = { number: null, display: "", name: "", extension: null, contact: null, organization: null };
  return {
    id: "call-1",
    pbx: "main",
    linkedid: "1.0",
    revision: 1,
    direction: "inbound",
    caller: { ...party, number: "+4917612345678" },
    called: { ...party, number: "+49305550200" },
    queue: null,
    offered_to: [],
    answered_by: null,
    final_agent: null,
    outcome: null,
    transfers: [],
    holds: [],
    parked: [],
    talk: [],
    started_at: AT,
    answered_at: null,
    ended_at: null,
    wait_seconds: null,
    talk_seconds: null,
    inferred_end: false,
    entered: [],
    legs: [],
    ...overrides,
  };
}

export function leg(overrides: Partial<Leg> = {}): Leg {
  return {
    id: "1.0",
    kind: "device",
    device: "PJSIP/101",
    party: "101",
    name: "",
    state: "initiated",
    placed: false,
    started_at: AT,
    alerting_at: null,
    answered_at: null,
    ended_at: null,
    end: null,
    muted: false,
    ...overrides,
  };
}

export function pop(id: string, state: Pop["state"], revision = 1, overrides: Partial<Pop> = {}): Pop {
  return {
    call: call({ id }),
    revision,
    state,
    agent_extension: "101",
    waiting_since: AT,
    match: { kind: "none", reason: "unknown", contact: null, organization: null, direct_dial: null, candidates: [] },
    context: {
      complete: true,
      open_tasks: [],
      touchpoints: [],
      last_note: null,
      calls_today: 0,
      missed: null,
      language: "",
    },
    my_note: null,
    colleagues_notes: [],
    closed_reason: null,
    closed_by: null,
    colleague: null,
    spam: null,
    ...overrides,
  };
}
