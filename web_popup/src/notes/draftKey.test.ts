import { describe, expect, it } from "vitest";
import { aboutOf, draftKey } from "./draftKey";

describe("the key of what is written outside any call", () => {
  it("says about whom it is", () => {
    for (const about of [{ contact_id: "c1" }, { organization_id: "o1" }])
      expect(aboutOf(draftKey(about))).toEqual(about);
    expect(aboutOf("0198c1f0-0000-7000-8000-000000000001")).toBeNull();
  });
});
