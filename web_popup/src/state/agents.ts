/** Colleagues with the state of their phones. Pure. */
import type { Agent } from "../api/types";

export type AgentsState = Readonly<Record<string, Agent>>;
export type AgentsAction =
  | { type: "agents/snapshot"; agents: readonly Agent[] }
  | { type: "agents/changed"; agent: Agent };

export function reduceAgents(state: AgentsState, action: AgentsAction): AgentsState {
  if (action.type === "agents/snapshot") return Object.fromEntries(action.agents.map((one) => [one.id, one]));
  return { ...state, [action.agent.id]: action.agent };
}

/** The name behind an extension; the extension itself if it is nobody's. */
export function nameOf(state: AgentsState, extension: string | null): string {
  if (!extension) return "";
  return Object.values(state).find((one) => one.extension === extension)?.name ?? extension;
}
