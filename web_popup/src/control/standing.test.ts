import { describe, expect, it } from "vitest";
import type { Call, Leg } from "../api/types";
import { call as aCall, leg } from "../state/fixtures";
import { handedOverBy, inTalk, standingOf } from "./standing";

const aLeg = (more: Partial<Leg>) => leg({ state: "connected", ...more });
const at = (seconds: number) => `2026-11-21T18:00:${String(seconds).padStart(2, "0")}Z`;
const customer = aLeg({
  id: "c",
  kind: "trunk",
  device: "PJSIP/trunk",
  party: "+491",
  placed: true,
  started_at: at(0),
});
const anna = aLeg({ id: "a", device: "PJSIP/101", party: "101", started_at: at(1) });
const bernd = aLeg({ id: "b", device: "PJSIP/102", party: "102", started_at: at(20), state: "alerting" });
const call = (legs: Leg[], more: Partial<Call> = {}) => aCall({ legs, ...more });

describe("how a call stands", () => {
  it("is a plain talk", () => {
    const standing = standingOf(call([customer, anna]), "101");
    expect(standing).toMatchObject({ held: false, muted: false, asked: null, third: null, slot: null });
    expect(inTalk(standing)).toBe(true);
  });

  it("tells held and muted of the own phone only", () => {
    const held = { ...anna, state: "held" as const, muted: true };
    const holds = [{ by: "101", from: at(10), to: null }];
    expect(standingOf(call([customer, held], { holds }), "101")).toMatchObject({
      held: true,
      muted: true,
      asked: null,
    });
    expect(standingOf(call([customer, held], { holds }), "102").own).toBeUndefined();
  });

  it("knows who is asked while the customer waits, and not when the phone does it on a second line", () => {
    const held = { ...anna, state: "held" as const };
    const holds = [{ by: "101", from: at(20), to: null }];
    expect(standingOf(call([customer, held, bernd], { holds }), "101").asked).toBe(bernd);
    const second = aLeg({ id: "a2", device: "PJSIP/101", party: "101", placed: true, started_at: at(19) });
    expect(standingOf(call([customer, held, second, bernd], { holds }), "101").asked).toBeNull();
  });

  it("is a talk of three when two others are connected", () => {
    const joined = { ...bernd, state: "connected" as const };
    expect(standingOf(call([customer, anna, joined]), "101").third).toBe(joined);
  });

  it("names the slot of who waits, after the own part is over", () => {
    const parked = [{ by: "101", slot: "701", from: at(30), to: null, retrieved_by: null }];
    const standing = standingOf(call([customer, { ...anna, state: "cleared" }], { parked }), "101");
    expect(standing.slot).toBe("701");
    expect(inTalk(standing)).toBe(false);
  });
});

describe("who handed the call over", () => {
  it("is the one who transferred it to me, not one before me", () => {
    const transfers = [{ kind: "blind" as const, from: "101", to: "102", at: at(20) }];
    expect(handedOverBy(call([customer, bernd], { transfers }), "102")).toEqual({ who: "101", asks: false });
    const talk = [{ agent: "102", from: at(2), to: at(10), seconds: 8 }];
    expect(handedOverBy(call([customer, bernd], { transfers, talk }), "102")).toBeNull();
  });

  it("is the one who asks me while the customer waits", () => {
    const holds = [{ by: "101", from: at(20), to: null }];
    expect(handedOverBy(call([customer, anna, bernd], { holds }), "102")).toEqual({ who: "101", asks: true });
    expect(handedOverBy(call([customer, anna], { holds }), "101")).toBeNull();
  });
});
