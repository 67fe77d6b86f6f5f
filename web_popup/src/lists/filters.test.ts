import { describe, expect, it } from "vitest";
import { fromAddress, isSame, toAddress } from "./filters";

describe("filters", () => {
  it("come back from the address as they went there", () => {
    const filters = { city: "Ulm", open_task: false, quiet_days: 90, custom: { tier: "gold" } };
    expect(fromAddress(new URLSearchParams(toAddress({ ...filters, q: "", language: "" })))).toEqual(filters);
  });

  it("are none where the address holds nonsense", () => {
    for (const f of ["{", "[1]", "7", "null"]) expect(fromAddress(new URLSearchParams({ f }))).toEqual({});
    expect(toAddress({ q: "", custom: {} })).toEqual({});
  });

  it("are the same in any order", () => {
    expect(isSame({ city: "Ulm", q: "a" }, { q: "a", city: "Ulm", country: "" })).toBe(true);
    expect(isSame({ city: "Ulm" }, { city: "Bonn" })).toBe(false);
  });
});
