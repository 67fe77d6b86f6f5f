import { expect, it } from "vitest";
import { dayKey, dayOf, daysOfKey, daysShown, movedTo, paged } from "./calendar";

it("shows a week from Monday to Sunday, over the end of a year too", () => {
  const days = daysShown("week", new Date(2026, 11, 31));
  expect(days.map(dayKey)).toEqual([
    "2026-12-28",
    "2026-12-29",
    "2026-12-30",
    "2026-12-31",
    "2027-01-01",
    "2027-01-02",
    "2027-01-03",
  ]);
  expect(daysShown("week", new Date(2026, 10, 22)).map(dayKey)[0]).toBe("2026-11-16"); // a Sunday ends its week
});

it("shows a month in whole weeks", () => {
  const days = daysShown("month", new Date(2026, 10, 18));
  expect([dayKey(days[0] as Date), dayKey(days.at(-1) as Date), days.length % 7]).toEqual([
    "2026-10-26",
    "2026-12-06",
    0,
  ]);
  // March 2027 has the day of 23 hours: no day is left out or shown twice.
  const march = daysShown("month", new Date(2027, 2, 1)).map(dayKey);
  expect(new Set(march).size).toBe(march.length);
  expect(march).toContain("2027-03-28");
});

it("turns its pages", () => {
  expect(dayKey(paged("week", new Date(2026, 11, 31), 1))).toBe("2027-01-07");
  expect(dayKey(paged("month", new Date(2026, 0, 31), 1))).toBe("2026-02-01");
  expect(dayKey(paged("month", new Date(2026, 0, 31), -1))).toBe("2025-12-01");
});

it("keeps the time of day when a task is moved, also over a change of clocks", () => {
  const due = new Date(2027, 2, 26, 9, 30);
  expect(movedTo(due, new Date(2027, 2, 29))).toEqual(new Date(2027, 2, 29, 9, 30));
});

it("reads days from the address, and nothing else", () => {
  const today = new Date(2026, 10, 18, 10, 30);
  expect(dayKey(dayOf("2026-12-01", today))).toBe("2026-12-01");
  for (const wrong of [null, "", "soon", "2026-13-01", "2026-02-31"])
    expect(dayKey(dayOf(wrong, today))).toBe("2026-11-18");
});

it("knows by how much an arrow moves", () => {
  expect(["ArrowLeft", "ArrowDown", "Enter"].map(daysOfKey)).toEqual([-1, 7, null]);
});
