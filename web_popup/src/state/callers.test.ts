import { describe, expect, it } from "vitest";
import type { Match, Pop } from "../api/types";
import { callerKind } from "./callers";
import { call, pop } from "./fixtures";

const MATCH = pop("a", "offered").match;
const matched = (match: Partial<Match>, more: Partial<Pop> = {}) =>
  pop("a", "offered", 1, { match: { ...MATCH, ...match }, ...more });
const sabine = { id: "c1", name: "Sabine Krüger", organization: null } as NonNullable<Match["contact"]>;
const spam: Pop["spam"] = {
  number: "+4915799900999",
  display: "+49 1579 9900999",
  marked_by: { id: "u1", name: "Anna Adler" },
  marked_at: "2026-11-20T09:00:00Z",
};

describe("the kind of a caller", () => {
  it("is who it is", () => {
    expect(callerKind(matched({ kind: "unique", reason: "exact_number", contact: sabine }))).toBe("known");
    expect(callerKind(matched({ kind: "unique", reason: "direct_dial" }))).toBe("organization");
    expect(callerKind(matched({ kind: "ambiguous", reason: "shared_number" }))).toBe("ambiguous");
    for (const reason of ["withheld", "unknown", "pending", "own_number", "colleague"] as const)
      expect(callerKind(matched({ reason }))).toBe(reason);
  });

  it("is a colleague at their desk or on their mobile", () => {
    const inside = { call: call({ direction: "internal" }), colleague: "102" };
    expect(callerKind(matched({ reason: "colleague" }, inside))).toBe("colleague");
    expect(callerKind(matched({ kind: "unique", reason: "exact_number", contact: sabine }, { colleague: "102" }))).toBe(
      "mobile",
    );
  });

  it("is spam first of all", () => {
    expect(callerKind(matched({ kind: "unique", reason: "exact_number", contact: sabine }, { spam }))).toBe("spam");
  });
});
