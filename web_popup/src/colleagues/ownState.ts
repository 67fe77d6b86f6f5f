/** What an agent may change about themselves as a whole. */
import { api, ok } from "../api/client";
import type { Agent, Queue } from "../api/types";
import { useDesk } from "../shell/live";
import { useWish } from "./own";
import { memberOf } from "./people";

export type OwnWish = { kind: "ready" } | { kind: "pause"; reason: string } | { kind: "do-not-disturb"; on: boolean };

async function send(wish: OwnWish, own: Agent, inQueues: boolean): Promise<unknown> {
  const disturb = (on: boolean) => ok(api.PUT("/api/v1/agents/me/do-not-disturb", { body: { on } }));
  if (wish.kind === "do-not-disturb") return disturb(wish.on);
  if (wish.kind === "pause") {
    return ok(api.PUT("/api/v1/agents/me/pause", { body: { paused: true, reason: wish.reason } }));
  }
  if (own.do_not_disturb) await disturb(false);
  if (own.wrap_up_until) await ok(api.PUT("/api/v1/agents/me/wrap-up", { body: { until: null } }));
  if (inQueues) await ok(api.PUT("/api/v1/agents/me/pause", { body: { paused: false } }));
  return undefined;
}

const isSo = (wish: OwnWish, own: Agent, mine: readonly Queue[]): boolean => {
  const members = mine.map((queue) => memberOf(queue, own.id));
  switch (wish.kind) {
    case "ready":
      return !own.do_not_disturb && own.wrap_up_until === null && members.every((member) => !member?.paused);
    case "pause":
      return members.every((member) => member?.paused && (member.pause_reason ?? "") === wish.reason);
    case "do-not-disturb":
      return own.do_not_disturb === wish.on;
  }
};

export function useOwnState(own: Agent) {
  const queues = useDesk((desk) => desk.queues);
  const mine = Object.values(queues).filter((queue) => memberOf(queue, own.id));
  const { ask, pending } = useWish<OwnWish>(
    (wish) => send(wish, own, mine.length > 0),
    (wish) => isSo(wish, own, mine),
  );
  const paused = mine.some((queue) => memberOf(queue, own.id)?.paused);
  return { ask, pending, mine, canBeReady: paused || own.do_not_disturb || own.wrap_up_until !== null };
}
