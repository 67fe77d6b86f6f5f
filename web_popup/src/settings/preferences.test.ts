import { describe, expect, it } from "vitest";
import { DEFAULTS, understood } from "./preferences";

describe("stored preferences", () => {
  it("are taken as far as they make sense", () => {
    expect(understood(null)).toEqual(DEFAULTS);
    for (const junk of ["", "{", "null", "3", '{"volume":7,"chime":"siren","contrast":1,"device":{"pbx":1}}'])
      expect(understood(junk)).toEqual(DEFAULTS);
    const chosen = { ...DEFAULTS, chime: "bell", volume: 0.2, contrast: "more", notifications: false, compact: true };
    expect(understood(JSON.stringify(chosen))).toEqual(chosen);
  });
});
