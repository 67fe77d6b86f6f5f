import { describe, expect, it } from "vitest";
import type { Contact } from "../api/types";
import { lines, wishFor } from "./fields";

const contact = (fields: Partial<Contact>): Contact => ({
  id: "1",
  version: 1,
  name: "",
  first_name: "",
  last_name: "",
  organization: null,
  position: "",
  email: "",
  street: "",
  postal_code: "",
  city: "",
  country: "",
  remark: "",
  language: "",
  custom: {},
  numbers: [],
  created_at: "2026-11-20T09:00:00Z",
  updated_at: "2026-11-20T09:00:00Z",
  ...fields,
});

describe("two contacts side by side", () => {
  const first = contact({ last_name: "Klein", city: "Ulm", custom: { tier: "gold" } });
  const second = contact({ id: "2", version: 4, last_name: "Klein", city: "Bonn", email: "a@b", custom: { tier: 1 } });

  it("show what at least one of them has, and where one must choose", () => {
    expect(lines(first, second).map((one) => [one.name, one.differs])).toEqual([
      ["last_name", false],
      ["email", false],
      ["city", true],
      ["custom.tier", true],
    ]);
  });

  it("become what was chosen", () => {
    expect(wishFor(first, second, new Set(["city", "custom.tier"]))).toEqual({
      gone_id: "2",
      version: 1,
      gone_version: 4,
      take: ["city"],
      take_custom: ["tier"],
    });
  });
});
