import { describe, expect, it } from "vitest";
import { begin, decide, edited, rebase } from "./merging";

const base = { name: "Berger", city: "Berlin", email: "" };

describe("a form that others change meanwhile", () => {
  it("knows what was edited", () => {
    const draft = { ...begin(base), values: { ...base, city: "Bonn" } };
    expect(edited(draft)).toEqual(["city"]);
  });

  it("takes over what only they changed", () => {
    const draft = rebase(begin(base), { ...base, email: "a@b.example" });
    expect(draft.values.email).toBe("a@b.example");
    expect(draft.taken).toEqual(["email"]);
    expect(draft.conflicts).toEqual({});
    expect(edited(draft)).toEqual([]);
  });

  it("asks about what both changed, and keeps mine until then", () => {
    const mine = { ...begin(base), values: { ...base, city: "Bonn", name: "Berger-Cramer" } };
    const draft = rebase(mine, { ...base, city: "Ulm" });
    expect(draft.values).toEqual({ ...base, city: "Bonn", name: "Berger-Cramer" });
    expect(draft.conflicts).toEqual({ city: "Ulm" });

    const kept = decide(draft, "city", false);
    expect([kept.values.city, kept.conflicts]).toEqual(["Bonn", {}]);
    expect(edited(kept)).toEqual(["name", "city"]);

    const given = decide(draft, "city", true);
    expect([given.values.city, edited(given)]).toEqual(["Ulm", ["name"]]);
  });

  it("asks nothing where both want the same", () => {
    const mine = { ...begin(base), values: { ...base, city: "Ulm" } };
    expect(rebase(mine, { ...base, city: "Ulm" }).conflicts).toEqual({});
  });

  it("asks again when they change it again", () => {
    const mine = { ...begin(base), values: { ...base, city: "Bonn" } };
    const twice = rebase(rebase(mine, { ...base, city: "Ulm" }), { ...base, city: "Kiel" });
    expect(twice.conflicts).toEqual({ city: "Kiel" });
    expect(rebase(twice, { ...base, city: "Bonn" }).conflicts).toEqual({});
  });
});
