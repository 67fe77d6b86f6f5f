import { describe, expect, it } from "vitest";
import { filterOf, fromAddress, isNarrowed, NOTHING_CHOSEN, toAddress } from "./filters";

const NOW = new Date(2026, 10, 20, 15, 30);

describe("what the list shows", () => {
  it("goes into the address and comes back", () => {
    const chosen = { ...NOTHING_CHOSEN, state: "done", sort: "waited", queue: "support", q: "Krüger" } as const;
    expect(fromAddress(new URLSearchParams(toAddress(chosen)))).toEqual(chosen);
    expect(toAddress(NOTHING_CHOSEN)).toEqual({});
    expect(fromAddress(new URLSearchParams("state=nonsense&sort=x&period=y"))).toEqual(NOTHING_CHOSEN);
  });

  it("is what the service is asked for", () => {
    expect(filterOf(NOTHING_CHOSEN, NOW)).toEqual({ state: "open", sort: "due" });
    expect(filterOf({ ...NOTHING_CHOSEN, period: "today", queue: "sales", q: " a " }, NOW)).toEqual({
      state: "open",
      sort: "due",
      since: new Date(2026, 10, 20).toISOString(),
      queue: "sales",
      q: "a",
    });
  });

  it("is one line where a call leads to it", () => {
    expect(filterOf({ ...NOTHING_CHOSEN, call: "c1", queue: "sales" }, NOW)).toEqual({
      state: "all",
      sort: "due",
      call_id: "c1",
    });
  });

  it("is narrowed by anything but its kind and its order", () => {
    expect(isNarrowed({ ...NOTHING_CHOSEN, state: "done", sort: "last" })).toBe(false);
    expect(isNarrowed({ ...NOTHING_CHOSEN, q: "a" })).toBe(true);
  });
});
