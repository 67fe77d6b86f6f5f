/** The names of the queues, of all PBXs together. */
import { useDesk } from "../shell/live";

export function useQueueNames(): string[] {
  const queues = useDesk((desk) => desk.queues);
  return [...new Set(Object.values(queues).map((queue) => queue.name))].sort();
}
