import { expect, it } from "vitest";
import { dueAt, fieldValue } from "./due";

const now = new Date(2026, 11, 31, 23, 15, 42);

it("means what it says, over the end of a year too", () => {
  expect(dueAt("inTwoHours", "", now)).toEqual(new Date(2027, 0, 1, 1, 15, 0));
  expect(dueAt("tomorrow", "", now)).toEqual(new Date(2027, 0, 1, 9, 0));
  expect(dueAt("someDay", "2027-01-01T10:00", now)).toBeNull();
  expect(dueAt("pick", "2027-01-05T10:30", now)).toEqual(new Date(2027, 0, 5, 10, 30));
  expect(dueAt("pick", "", now)).toBeNull();
});

it("writes what a date field reads", () => {
  const moment = new Date(2026, 2, 5, 8, 7);
  expect(fieldValue(moment)).toBe("2026-03-05T08:07");
  expect(dueAt("pick", fieldValue(moment), now)).toEqual(moment);
  expect(fieldValue(null)).toBe("");
});
