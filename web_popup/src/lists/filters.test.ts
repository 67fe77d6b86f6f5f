import { describe, expect, it } from "vitest";
import { customTexts, fromAddress, isSame, toAddress, withCustom } from "./filters";

describe("filters", () => {
  it("come back from the address as they went there", () => {
    const filters = { city: "Ulm", open_task: false, quiet_days: 90, custom: { tier: "gold" } };
    expect(fromAddress(new URLSearchParams(toAddress({ ...filters, q: "", language: "" })))).toEqual(filters);
  });

  it("are none where the address holds nonsense", () => {
    for (const f of ["{", "[1]", "7", "null"]) expect(fromAddress(new URLSearchParams({ f }))).toEqual({});
    expect(toAddress({ q: "", custom: {} })).toEqual({});
  });

  it("compare custom fields as what they are", () => {
    const kinds = [
      { key: "size", kind: "number" },
      { key: "vip", kind: "yes_no" },
      { key: "tier", kind: "choice" },
    ];
    let filters = withCustom({}, kinds, "custom.size", "2,5");
    filters = withCustom(filters, kinds, "custom.vip", "false");
    filters = withCustom(filters, kinds, "custom.tier", "gold");
    expect(filters).toEqual({ custom: { size: 2.5, vip: false, tier: "gold" } });
    expect(customTexts(filters)).toEqual({ "custom.size": "2.5", "custom.vip": "false", "custom.tier": "gold" });
    filters = withCustom(withCustom(filters, kinds, "custom.size", ""), kinds, "custom.vip", "");
    expect(withCustom(filters, kinds, "custom.tier", "")).toEqual({});
  });

  it("are the same in any order", () => {
    expect(isSame({ city: "Ulm", q: "a" }, { q: "a", city: "Ulm", country: "" })).toBe(true);
    expect(isSame({ city: "Ulm" }, { city: "Bonn" })).toBe(false);
  });
});
