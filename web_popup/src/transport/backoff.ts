/** How long to wait before the next try: doubling, never in step with the other browsers (full jitter). */

const FIRST_MS = 500;
const LONGEST_MS = 20_000;

/** Milliseconds before try number `attempt` (from 1); at least a quarter of the ceiling, so that none hammers. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 16));
  return Math.round(ceiling / 4 + (random() * ceiling * 3) / 4);
}
