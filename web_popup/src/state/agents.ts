/** Colleagues and what they are doing. Pure. */
import type { Agent } from "../api/types";

export type AgentsState = Readonly<Record<string, Agent>>;
export type AgentsAction =
  | { type: "agents/snapshot"; agents: readonly Agent[] }
  | { type: "agents/changed"; agent: Agent }
  | { type: "agents/gone"; id: string };

export function reduceAgents(state: AgentsState, action: AgentsAction): AgentsState {
  switch (action.type) {
    case "agents/snapshot":
      return Object.fromEntries(action.agents.map((one) => [one.id, one]));
    case "agents/changed": {
      const known = state[action.agent.id];
      if (known && known.revision > action.agent.revision) return state;
      return { ...state, [action.agent.id]: action.agent };
    }
    case "agents/gone":
      return Object.fromEntries(Object.entries(state).filter(([id]) => id !== action.id));
  }
}

/** The name behind an extension; the extension itself if it is nobody's. */
export function nameOf(state: AgentsState, extension: string | null): string {
  if (!extension) return "";
  return agentAt(state, extension)?.name ?? extension;
}

/** Who is reached by an extension. */
export function agentAt(state: AgentsState, extension: string | null): Agent | undefined {
  return Object.values(state).find((one) => one.extension === extension);
}
