import { describe, expect, it } from "vitest";
import { amountText, dueOf, isFar } from "./due";

const NOW = Date.parse("2026-11-20T10:00:00Z");
const at = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();

describe("the due clock", () => {
  it("counts what is left, rounded up, and warns in the last quarter of an hour", () => {
    expect(dueOf(at(25), NOW)).toEqual({ tone: "calm", amount: 25, unit: "minute" });
    expect(dueOf(at(15), NOW)).toEqual({ tone: "soon", amount: 15, unit: "minute" });
    expect(dueOf(at(0.2), NOW)).toEqual({ tone: "soon", amount: 1, unit: "minute" });
  });

  it("says by how much it is late", () => {
    expect(dueOf(at(0), NOW).tone).toBe("late");
    expect(dueOf(at(-12.7), NOW)).toEqual({ tone: "late", amount: 12, unit: "minute" });
    expect(dueOf(at(-0.1), NOW).amount).toBe(1);
  });

  it("takes the unit that people would take", () => {
    expect(dueOf(at(59), NOW).unit).toBe("minute");
    expect(dueOf(at(61), NOW)).toMatchObject({ amount: 1, unit: "hour" });
    expect(dueOf(at(-26 * 60), NOW)).toMatchObject({ amount: 1, unit: "day" });
  });

  it("knows what is better told by its time", () => {
    expect([isFar(at(60), NOW), isFar(at(7 * 60), NOW), isFar(at(-600), NOW)]).toEqual([false, true, false]);
  });

  it("speaks the page's language", () => {
    expect(amountText(dueOf(at(25), NOW), "en")).toBe("25 min");
    expect(amountText(dueOf(at(25), NOW), "de")).toBe("25 Min.");
  });
});
