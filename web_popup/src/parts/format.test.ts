import { expect, it } from "vitest";
import { createFormat, duration } from "./format";

it("writes durations as clocks do", () => {
  expect([0, 7.9, 65, 3723, -3].map(duration)).toEqual(["0:00", "0:07", "1:05", "1:02:03", "0:00"]);
});

it("names near days and dates far ones, in the language's way", () => {
  const now = () => new Date(2026, 10, 21, 12, 0).getTime();
  const at = (...parts: [number, number, number, number, number]) => new Date(...parts).toISOString();
  const [de, en] = [createFormat("de", now), createFormat("en", now)];
  expect(de.moment(at(2026, 10, 21, 9, 5))).toBe("heute, 09:05");
  expect(en.moment(at(2026, 10, 20, 23, 59))).toMatch(/^yesterday, 11:59/);
  expect(de.moment(at(2026, 10, 22, 9, 0))).toBe("morgen, 09:00");
  expect(de.moment(at(2026, 9, 1, 9, 0))).toBe("01.10.2026, 09:00");
  expect(de.number(1234567)).toBe("1.234.567");
});
