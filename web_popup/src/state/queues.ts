/** Queues with who waits and who answers. Pure. */
import type { Queue } from "../api/types";

export type QueuesState = Readonly<Record<string, Queue>>;
export type QueuesAction =
  | { type: "queues/snapshot"; queues: readonly Queue[] }
  | { type: "queues/changed"; queue: Queue }
  | { type: "queues/gone"; pbx: string; name: string };

export const queueKey = (queue: { pbx: string; name: string }) => `${queue.pbx}/${queue.name}`;

export function reduceQueues(state: QueuesState, action: QueuesAction): QueuesState {
  switch (action.type) {
    case "queues/snapshot":
      return Object.fromEntries(action.queues.map((one) => [queueKey(one), one]));
    case "queues/changed": {
      const known = state[queueKey(action.queue)];
      if (known && known.revision > action.queue.revision) return state;
      return { ...state, [queueKey(action.queue)]: action.queue };
    }
    case "queues/gone":
      return Object.fromEntries(Object.entries(state).filter(([key]) => key !== queueKey(action)));
  }
}
