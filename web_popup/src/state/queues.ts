/** Queues with who waits and who answers. Pure. */
import type { Queue } from "../api/types";

export type QueuesState = Readonly<Record<string, Queue>>;
export type QueuesAction =
  | { type: "queues/snapshot"; queues: readonly Queue[] }
  | { type: "queues/changed"; queue: Queue };

const key = (queue: Queue) => `${queue.pbx}/${queue.name}`;

export function reduceQueues(state: QueuesState, action: QueuesAction): QueuesState {
  if (action.type === "queues/snapshot") return Object.fromEntries(action.queues.map((one) => [key(one), one]));
  return { ...state, [key(action.queue)]: action.queue };
}
