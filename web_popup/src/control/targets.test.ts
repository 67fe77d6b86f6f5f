import { describe, expect, it } from "vitest";
import { agent as anAgent } from "../state/agentFixtures";
import { remember, targetsFor } from "./targets";

const agents = [
  anAgent({ id: "1", extension: "101", name: "Anna Adler" }),
  anAgent({ id: "2", extension: "102", name: "Bernd Busch", state: "busy" }),
  anAgent({ id: "3", extension: "103", name: "Clara Müller", state: "ready" }),
  anAgent({ id: "4", extension: "104", name: "David Dorn", state: "logged_off" }),
];
const shown = (lately: string[], typed: string) => targetsFor(agents, "101", lately, typed).map((one) => one.to);

describe("whom a call can be handed over to", () => {
  it("is everybody else, who is free first", () => {
    expect(shown([], "")).toEqual(["103", "102", "104"]);
  });

  it("begins with those lately chosen, numbers too", () => {
    expect(shown(["104", "0301234"], "")).toEqual(["104", "0301234", "103", "102"]);
    expect(shown(["0301234"], "bus")).toEqual(["102"]);
  });

  it("is found by name, forgiving of umlauts, and by extension", () => {
    expect(shown([], "mueller")).toEqual(["103"]);
    expect(shown([], "102")).toEqual(["102"]);
  });

  it("is a number as typed, if nobody has it", () => {
    expect(shown([], "030 / 123-4")).toEqual(["030 / 123-4"]);
    expect(shown([], "101")).toEqual([]);
    expect(shown([], "nobody")).toEqual([]);
  });
});

it("remembers each once, the newest first, and not for ever", () => {
  expect(remember(["102", "103"], "103")).toEqual(["103", "102"]);
  expect(remember(["1", "2", "3", "4", "5", "6", "7", "8"], "9")).toHaveLength(8);
});
