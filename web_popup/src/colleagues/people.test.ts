import { describe, expect, it } from "vitest";
import { agent, queue } from "../state/agentFixtures";
import { memberOf, reasonWords, teamsOf } from "./people";

const all = { text: "", team: null, onlyReady: false };
const people = [
  agent({ id: "1", name: "Zoë Zander", extension: "101", team: "Support" }),
  agent({ id: "2", name: "Anna Müller", extension: "102", team: "Support", state: "busy" }),
  agent({ id: "3", name: "Bernd Groß", extension: "203", team: "" }),
  agent({ id: "4", name: "Clara Cohn", extension: "104", team: "Einkauf" }),
];
const names = (teams: ReturnType<typeof teamsOf>) => teams.map((team) => [team.name, team.people.map((one) => one.id)]);

describe("teams", () => {
  it("stand by name, those in none last, people by name", () => {
    expect(names(teamsOf(people, all))).toEqual([
      ["Einkauf", ["4"]],
      ["Support", ["2", "1"]],
      ["", ["3"]],
    ]);
  });

  it("are searched by every word, with or without umlauts", () => {
    const found = (text: string) =>
      teamsOf(people, { ...all, text }).flatMap((team) => team.people.map((one) => one.id));
    for (const text of ["müller", "MULLER", "mueller", "anna supp", "102"]) expect(found(text), text).toEqual(["2"]);
    expect(found("gross")).toEqual(["3"]);
    expect(found("zoe")).toEqual(["1"]);
    expect(found("nobody")).toEqual([]);
  });

  it("can be narrowed to one, and to who is ready", () => {
    expect(names(teamsOf(people, { ...all, team: "Support", onlyReady: true }))).toEqual([["Support", ["1"]]]);
    expect(names(teamsOf(people, { ...all, team: "" }))).toEqual([["", ["3"]]]);
  });
});

describe("a membership", () => {
  const member = {
    extension: "101",
    name: "Anna",
    agent_id: "1",
    paused: false,
    pause_reason: null,
    paused_since: null,
    fixed: true,
  };

  it("is found by the agent", () => {
    const support = queue({ members: [{ ...member, agent_id: null }, member] });
    expect(memberOf(support, "1")).toBe(member);
    expect(memberOf(support, undefined)).toBeUndefined();
    expect(memberOf(undefined, "1")).toBeUndefined();
  });
});

describe("a reason", () => {
  const reasons = [{ value: "Lunch", de: "Mittag", en: "Lunch" }];

  it("is told in the page's language, or as the PBX has it", () => {
    expect(reasonWords("Lunch", reasons, "de", "Nacharbeit")).toBe("Mittag");
    expect(reasonWords("Lunch", reasons, "en", "Wrap-up")).toBe("Lunch");
    expect(reasonWords("Kaffee", reasons, "de", "Nacharbeit")).toBe("Kaffee");
    expect(reasonWords("wrap-up", reasons, "de", "Nacharbeit")).toBe("Nacharbeit");
    expect([reasonWords("", reasons, "de", ""), reasonWords(null, reasons, "de", "")]).toEqual([null, null]);
  });
});
