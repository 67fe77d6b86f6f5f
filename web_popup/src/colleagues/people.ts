/** Which colleagues to show, and in what order. Pure. */
import type { Agent, PauseReason, Queue, QueueMember } from "../api/types";

export interface Team {
  /** "" for those who are in none. */
  name: string;
  people: Agent[];
}

export interface Wanted {
  text: string;
  /** null: all teams. */
  team: string | null;
  onlyReady: boolean;
}

const UMLAUTS: Record<string, string> = { ä: "ae", ö: "oe", ü: "ue", ß: "ss" };

/** For comparing: "Müller" is found by "muller" and by "mueller". */
function forms(text: string): string[] {
  const lower = text.toLowerCase();
  const plain = lower.replace(/ß/g, "ss").normalize("NFD").replace(/\p{M}/gu, "");
  return [plain, lower.replace(/[äöüß]/g, (letter) => UMLAUTS[letter] ?? letter)];
}

function matches(agent: Agent, text: string): boolean {
  const words = text.trim().split(/\s+/).filter(Boolean);
  const own = forms(`${agent.name} ${agent.extension} ${agent.team}`);
  return words.every((word) => forms(word).some((form) => own.some((one) => one.includes(form))));
}

/** The teams by name, those in none last; within a team by name. Teams with nobody to show are left out. */
export function teamsOf(agents: Iterable<Agent>, wanted: Wanted): Team[] {
  const teams = new Map<string, Agent[]>();
  for (const agent of agents) {
    if (wanted.team !== null && agent.team !== wanted.team) continue;
    if (wanted.onlyReady && agent.state !== "ready") continue;
    if (!matches(agent, wanted.text)) continue;
    const people = teams.get(agent.team);
    if (people) people.push(agent);
    else teams.set(agent.team, [agent]);
  }
  return [...teams]
    .map(([name, people]) => ({ name, people: people.sort((a, b) => a.name.localeCompare(b.name)) }))
    .sort((a, b) => (a.name === "" ? 1 : b.name === "" ? -1 : a.name.localeCompare(b.name)));
}

/** How an agent stands in a queue; undefined if not in it. */
export function memberOf(queue: Queue | undefined, agentId: string | undefined): QueueMember | undefined {
  return agentId === undefined ? undefined : queue?.members.find((one) => one.agent_id === agentId);
}

export const WRAP_UP_REASON = "wrap-up";

/** A reason as the PBX has it, in the page's language if we know it; null if none was named. */
export function reasonWords(
  value: string | null,
  reasons: readonly PauseReason[],
  language: string,
  wrapUp: string,
): string | null {
  if (!value) return null;
  if (value === WRAP_UP_REASON) return wrapUp;
  const known = reasons.find((one) => one.value === value);
  return known ? (language === "de" ? known.de : known.en) : value;
}
