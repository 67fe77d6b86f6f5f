import { describe, expect, it } from "vitest";
import { call, leg } from "./fixtures";
import { dialProgress, heldBy, otherParty, talkingSince } from "./progress";

const AT = "2026-11-21T09:00:05Z";
const own = leg({ placed: true, state: "alerting", alerting_at: AT });
const answered = leg({ placed: true, state: "connected", alerting_at: AT, answered_at: AT });
const trunk = leg({ id: "2.0", kind: "trunk", device: "PJSIP/trunk", party: "+4917612345678" });
const dial = (overrides: Parameters<typeof call>[0]) =>
  dialProgress(call({ direction: "outbound", ...overrides }), "101");

describe("dialProgress", () => {
  it("says what happens, step by step", () => {
    expect(dial({ legs: [] })).toBe("preparing");
    expect(dial({ legs: [leg({ placed: true })] })).toBe("preparing");
    expect(dial({ legs: [own] })).toBe("own_ringing");
    expect(dial({ legs: [answered] })).toBe("dialling");
    expect(dial({ legs: [answered, trunk] })).toBe("dialling");
    expect(dial({ legs: [answered, { ...trunk, state: "alerting", alerting_at: AT }] })).toBe("remote_ringing");
    expect(dial({ legs: [answered, trunk], answered_at: AT })).toBe("answered");
  });

  it("tells the ends apart", () => {
    const ended = { ended_at: AT };
    expect(dial({ ...ended, outcome: "busy", legs: [answered] })).toBe("busy");
    expect(dial({ ...ended, outcome: "no_answer", legs: [answered] })).toBe("no_answer");
    expect(dial({ ...ended, outcome: "failed", legs: [own] })).toBe("own_no_answer");
    expect(dial({ ...ended, outcome: "failed", legs: [answered] })).toBe("failed");
  });
});

describe("the call an agent is in", () => {
  it("counts the talk from when it is theirs", () => {
    const talk = [
      { agent: "101", from: "2026-11-21T09:00:00Z", to: AT, seconds: 5 },
      { agent: "102", from: AT, to: null, seconds: null },
    ];
    expect(talkingSince(call({ talk }), "102")).toBe(AT);
    expect(talkingSince(call({ answered_at: AT }), "103")).toBe(AT);
    expect(talkingSince(call(), "103")).toBeNull();
  });

  it("knows who holds", () => {
    expect(heldBy(call())).toBeNull();
    expect(heldBy(call({ holds: [{ by: "101", from: AT, to: AT }] }))).toBeNull();
    expect(heldBy(call({ holds: [{ by: "101", from: AT, to: null }] }))).toBe("101");
  });

  it("knows the other side", () => {
    const party = (extension: string) => ({ ...call().caller, number: extension, extension });
    const internal = call({ direction: "internal", caller: party("101"), called: party("102") });
    expect(otherParty(internal, "101").extension).toBe("102");
    expect(otherParty(internal, "102").extension).toBe("101");
    expect(otherParty(call(), "101").number).toBe("+4917612345678");
    expect(otherParty(call({ direction: "outbound" }), "101").number).toBe("+49305550200");
  });
});
