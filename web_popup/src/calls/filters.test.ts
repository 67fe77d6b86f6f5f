import { expect, it } from "vitest";
import { filterOf, fromAddress, isFiltered, NOTHING_CHOSEN, toAddress } from "./filters";

const now = new Date(2026, 10, 21, 12, 30);
const iso = (...parts: [number, number, number]) => new Date(...parts).toISOString();

it("asks for whole days of the user's own time", () => {
  expect(filterOf({ ...NOTHING_CHOSEN, period: "today" }, now)).toEqual({ running: false, since: iso(2026, 10, 21) });
  expect(filterOf({ ...NOTHING_CHOSEN, period: "yesterday" }, now)).toMatchObject({
    since: iso(2026, 10, 20),
    until: iso(2026, 10, 21),
  });
  expect(filterOf({ ...NOTHING_CHOSEN, period: "week" }, now).since).toBe(iso(2026, 10, 15));
  expect(filterOf(NOTHING_CHOSEN, now)).toEqual({ running: false });
});

it("leaves out a half typed date and an unknown word", () => {
  expect(filterOf({ ...NOTHING_CHOSEN, period: "range", since: "2026-11-", direction: "sideways" }, now)).toEqual({
    running: false,
  });
});

it("survives the way through the address", () => {
  const chosen = { ...NOTHING_CHOSEN, period: "week" as const, outcome: "missed", q: "weber & co" };
  expect(fromAddress(new URLSearchParams(toAddress(chosen)))).toEqual(chosen);
  expect(isFiltered(chosen)).toBe(true);
  expect(isFiltered(NOTHING_CHOSEN)).toBe(false);
  expect(fromAddress(new URLSearchParams("period=never&x=1"))).toEqual(NOTHING_CHOSEN);
});
