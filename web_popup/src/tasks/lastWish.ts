/** One request about a thing at a time. Pure. */

/** Sends wishes about things: while one is on its way, the last wish about the same thing waits for what it answers.
 *
 * A wish that waits goes with the one that failed before it; whoever sends says so.
 */
export function lastWish<T extends { id: string }, W>(send: (thing: T, wish: W) => Promise<T>) {
  const waiting = new Map<string, { wish: W } | null>();
  return async (thing: T, wish: W): Promise<void> => {
    if (waiting.has(thing.id)) {
      waiting.set(thing.id, { wish });
      return;
    }
    try {
      let now = thing;
      for (let next: { wish: W } | null = { wish }; next; next = waiting.get(thing.id) ?? null) {
        waiting.set(thing.id, null);
        now = await send(now, next.wish);
      }
    } finally {
      waiting.delete(thing.id);
    }
  };
}
