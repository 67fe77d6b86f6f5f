/** Agents and queues for the tests beside this file. */
import type { Agent, Queue } from "../api/types";

export function agent(overrides: Partial<Agent> = {}): Agent {
  return {
    id: "a1",
    user_id: "u1",
    name: "Anna Adler",
    extension: "101",
    team: "",
    devices: [],
    state: "ready",
    since: null,
    do_not_disturb: false,
    pause_reason: null,
    wrap_up_until: null,
    call: null,
    revision: 1,
    ...overrides,
  };
}

export function queue(overrides: Partial<Queue> = {}): Queue {
  return { pbx: "main", name: "support", waiting: 0, longest_wait_since: null, members: [], revision: 1, ...overrides };
}
