import { expect, it } from "vitest";
import { call, leg } from "../state/fixtures";
import { lanesOf, lengthOf } from "./lanes";

const at = (second: number) => new Date(Date.UTC(2026, 10, 21, 9, 0, second)).toISOString();

it("shows who rang, talked and held, and no glue of the PBX", () => {
  const one = call({
    started_at: at(0),
    answered_at: at(10),
    ended_at: at(50),
    talk: [{ agent: "101", from: at(10), to: at(50), seconds: 40 }],
    holds: [{ by: "101", from: at(20), to: at(30) }],
    legs: [
      leg({
        id: "a",
        kind: "trunk",
        device: "PJSIP/trunk",
        party: "+49301",
        answered_at: at(1),
        ended_at: at(50),
        placed: true,
      }),
      leg({ id: "b", kind: "local", party: "" }),
      leg({ id: "c", started_at: at(2), alerting_at: at(3), answered_at: at(10), ended_at: at(50) }),
      leg({ id: "d", party: "102", started_at: at(2), alerting_at: at(3), ended_at: at(10) }),
    ],
  });
  const lanes = lanesOf(one, 0);
  expect(lanes.map((lane) => lane.party)).toEqual(["+49301", "101", "102"]);
  expect(lanes[1]?.spans).toEqual([
    { phase: "ringing", from: 3, to: 10 },
    { phase: "other", from: 10, to: 50 },
    { phase: "talking", from: 10, to: 50 },
    { phase: "held", from: 20, to: 30 },
  ]);
  expect(lanes[2]?.spans).toEqual([{ phase: "ringing", from: 3, to: 10 }]);
  expect(lengthOf(one, 0)).toBe(50);
});

it("grows while the call runs and never leaves its frame", () => {
  const running = call({ started_at: at(0), legs: [leg({ alerting_at: at(5) })] });
  expect(lanesOf(running, Date.parse(at(20)))[0]?.spans).toEqual([{ phase: "ringing", from: 5, to: 20 }]);
  expect(lengthOf(running, Date.parse(at(0)))).toBe(1);
});
