import { describe, expect, it } from "vitest";
import { snoozeTime } from "./snooze";

describe("putting off", () => {
  const friday = new Date(2026, 10, 20, 15, 30);

  it("goes on from now, or from the morning", () => {
    expect(snoozeTime("halfHour", friday)).toEqual(new Date(2026, 10, 20, 16, 0));
    expect(snoozeTime("twoHours", friday)).toEqual(new Date(2026, 10, 20, 17, 30));
    expect(snoozeTime("tomorrow", friday)).toEqual(new Date(2026, 10, 21, 9, 0));
  });

  it("knows next Monday from each day of the week", () => {
    for (let day = 16; day <= 22; day += 1)
      expect(snoozeTime("nextWeek", new Date(2026, 10, day, 15)), String(day)).toEqual(new Date(2026, 10, 23, 9));
  });
});
