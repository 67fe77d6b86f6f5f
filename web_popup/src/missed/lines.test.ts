import { describe, expect, it } from "vitest";
import type { MissedCall, MissedState } from "../api/types";
import { belongs, callerName, lineIn, queuesOf, stateOf, withLine } from "./lines";

const NOW = Date.parse("2026-11-20T10:00:00Z");
const ME = "me";

const line = (part: Partial<MissedCall> = {}): MissedCall => ({
  id: "1",
  version: 1,
  number: "+4917612345678",
  display: "+49 176 12345678",
  name: "",
  contact: null,
  organization: null,
  match_kind: "none",
  match_reason: "unknown",
  attempts: [],
  attempt_count: 1,
  first_at: "2026-11-20T09:00:00Z",
  last_at: "2026-11-20T09:00:00Z",
  longest_wait: 20,
  due_at: null,
  lure: [],
  tries: null,
  claimed_by: null,
  claimed_at: null,
  claimed_until: null,
  snoozed_by: null,
  snoozed_until: null,
  closed_at: null,
  closed_how: null,
  closed_by: null,
  closed_call_id: null,
  closed_agent: null,
  reason: null,
  remark: "",
  ...part,
});

const mine = { claimed_by: { id: ME, name: "Anna" } };
const later = { snoozed_until: "2026-11-20T12:00:00Z" };
const closed = { closed_at: "2026-11-20T09:30:00Z" };

describe("a line", () => {
  it("is open, put off or done", () => {
    expect(stateOf(line(), NOW)).toBe("open");
    expect(stateOf(line(later), NOW)).toBe("snoozed");
    expect(stateOf(line(later), Date.parse("2026-11-20T12:00:00Z"))).toBe("open");
    expect(stateOf(line({ ...later, ...closed }), NOW)).toBe("done");
  });

  it("belongs in the lists that show it", () => {
    const lists = (one: MissedCall) =>
      (["open", "unclaimed", "mine", "snoozed", "done", "all"] as MissedState[]).filter((state) =>
        belongs(one, state, ME, NOW),
      );
    expect(lists(line())).toEqual(["open", "unclaimed", "all"]);
    expect(lists(line(mine))).toEqual(["open", "mine", "all"]);
    expect(lists(line({ claimed_by: { id: "other", name: "Bernd" } }))).toEqual(["open", "all"]);
    expect(lists(line({ ...mine, ...later }))).toEqual(["mine", "snoozed", "all"]);
    expect(lists(line({ ...mine, ...closed }))).toEqual(["done", "all"]);
  });

  it("is named by the best that is known", () => {
    expect(callerName(line())).toBe("+49 176 12345678");
    expect(callerName(line({ name: "MOREAU" }))).toBe("MOREAU");
    expect(callerName(line({ organization: { id: "o", name: "Krüger GmbH" } }))).toBe("Krüger GmbH");
    expect(callerName(line({ contact: { id: "c", name: "Karla", organization: null } }))).toBe("Karla");
    expect(callerName(line({ number: null, display: "", name: "Anonymous" }))).toBe(null);
  });

  it("names each queue once", () => {
    const attempt = { call_id: "c", at: "", waited: 1, outcome: "missed" as const, called: null };
    const attempts = ["sales", null, "support", "sales"].map((queue) => ({ ...attempt, queue }));
    expect(queuesOf(line({ attempts }))).toEqual(["sales", "support"]);
  });
});

describe("the pages of a list", () => {
  const pages = {
    pages: [
      { items: [line({ id: "1", version: 3 }), line({ id: "2" })], next_cursor: "x" },
      { items: [line({ id: "3" })], next_cursor: null },
    ],
    pageParams: [null, "x"],
  };

  it("take in what is newer, and only that", () => {
    const news = line({ id: "1", version: 4, ...mine });
    expect(lineIn(withLine(pages, news), "1")).toBe(news);
    expect(withLine(pages, line({ id: "1", version: 2 }))).toBe(pages);
    expect(withLine(pages, line({ id: "9", version: 2 }))).toBe(pages);
    expect(withLine(pages, line({ id: "3", version: 2 })).pages[0]?.items[1]).toBe(pages.pages[0]?.items[1]);
  });
});
