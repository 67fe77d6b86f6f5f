/** To whom a call can be handed over: those lately chosen first, then who is free, by name; or a number as typed. Pure. */
import type { Agent } from "../api/types";
import { teamsOf } from "../colleagues/people";

export interface Target {
  /** What is dialled: an extension, or a number as it was typed. */
  to: string;
  /** Undefined for a number that is no colleague's. */
  agent: Agent | undefined;
  lately: boolean;
}

const REMEMBERED = 8;
const NUMBER = /^[+\d*#][\d\s()/.*#-]*$/;

export function targetsFor(
  agents: Iterable<Agent>,
  own: string | null,
  lately: readonly string[],
  typed: string,
): Target[] {
  const text = typed.trim();
  const people = teamsOf(agents, { text, team: null, onlyReady: false }).flatMap((team) => team.people);
  const others = people.filter((agent) => agent.extension !== own);
  const free = (agent: Agent) => (agent.state === "ready" ? 0 : agent.state === "logged_off" ? 2 : 1);
  const recent = lately.flatMap((to): Target[] => {
    const agent = others.find((one) => one.extension === to);
    if (agent) return [{ to, agent, lately: true }];
    const known = [...agents].some((one) => one.extension === to);
    return !known && to !== own && to.includes(text) ? [{ to, agent: undefined, lately: true }] : [];
  });
  const rest = others
    .filter((agent) => !lately.includes(agent.extension))
    .sort((a, b) => free(a) - free(b) || a.name.localeCompare(b.name))
    .map((agent): Target => ({ to: agent.extension, agent, lately: false }));
  const all = [...recent, ...rest];
  const exact = all.some((one) => one.to === text);
  return NUMBER.test(text) && !exact && text !== own ? [...all, { to: text, agent: undefined, lately: false }] : all;
}

/** The newest first, each once. */
export const remember = (lately: readonly string[], to: string): string[] =>
  [to, ...lately.filter((one) => one !== to)].slice(0, REMEMBERED);
