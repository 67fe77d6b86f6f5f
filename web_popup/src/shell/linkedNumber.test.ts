import { describe, expect, it } from "vitest";
import { linkedNumber } from "./linkedNumber";

describe("a telephone link", () => {
  it("holds a number in whatever form", () => {
    expect(linkedNumber("tel:+49-30-1234567")).toBe("+49301234567");
    expect(linkedNumber("tel:%2B49%20(0)30%2F123")).toBe("+49030123");
    expect(linkedNumber("callto://+4930123")).toBe("+4930123");
    expect(linkedNumber("TEL:030 123;ext=45;phone-context=+49")).toBe("030123 ext. 45");
    expect(linkedNumber("*97")).toBe("*97");
  });

  it("may hold none", () => {
    for (const none of [null, "", "tel:", "tel:abc", "%", `tel:${"1".repeat(81)}`])
      expect(linkedNumber(none)).toBeNull();
  });

  it("never holds anything but a number", () => {
    expect(linkedNumber("tel:+49<script>30\r\nEvent: x;ext=1&2")).toBe("+4930");
  });
});
