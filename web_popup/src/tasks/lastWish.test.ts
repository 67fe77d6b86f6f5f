import { describe, expect, it } from "vitest";
import { lastWish } from "./lastWish";

interface Thing {
  id: string;
  version: number;
}

describe("one request about a thing at a time", () => {
  const sent: string[] = [];
  const open: { done: () => void; fail: () => void }[] = [];
  const wish = lastWish(
    ({ id, version }: Thing, day: number) =>
      new Promise<Thing>((resolve, reject) => {
        sent.push(`${id} v${version} ${day}`);
        open.push({ done: () => resolve({ id, version: version + 1 }), fail: () => reject(new Error("no")) });
      }),
  );
  const turn = () => new Promise((resolve) => setTimeout(resolve));

  it("keeps the last wish until the one before is answered, and stands on its answer", async () => {
    const all = [wish({ id: "a", version: 1 }, 1), wish({ id: "a", version: 1 }, 2), wish({ id: "a", version: 1 }, 3)];
    const other = wish({ id: "b", version: 5 }, 9);
    expect(sent).toEqual(["a v1 1", "b v5 9"]);
    open[0]?.done();
    await turn();
    expect(sent).toEqual(["a v1 1", "b v5 9", "a v2 3"]);
    open[1]?.done();
    open[2]?.done();
    await Promise.all([...all, other]);
    expect(sent).toHaveLength(3);
  });

  it("drops what waits when something fails, and goes on with the next", async () => {
    const [first] = [wish({ id: "c", version: 1 }, 1), wish({ id: "c", version: 1 }, 2)];
    open.at(-1)?.fail();
    await expect(first).rejects.toThrow("no");
    const next = wish({ id: "c", version: 4 }, 3);
    open.at(-1)?.done();
    await next;
    expect(sent.slice(3)).toEqual(["c v1 1", "c v4 3"]);
  });
});
