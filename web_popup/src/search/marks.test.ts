import { describe, expect, it } from "vitest";
import { looksDialable, pieces } from "./marks";
import { forgetSearches, recentSearches, rememberSearch } from "./recent";

describe("pieces", () => {
  it("are the whole text, with what was typed marked", () => {
    expect(pieces("Jürgen Müller", [[7, 11]])).toEqual([
      { at: 0, text: "Jürgen ", marked: false },
      { at: 7, text: "Müll", marked: true },
      { at: 11, text: "er", marked: false },
    ]);
    expect(pieces("Anna", [])).toEqual([{ at: 0, text: "Anna", marked: false }]);
  });

  it("are in order, and never twice the same letter", () => {
    const found = pieces("anna berger", [
      [5, 8],
      [0, 4],
      [6, 9],
    ]);
    expect(found.map((one) => one.text).join("")).toBe("anna berger");
    expect(found.filter((one) => one.marked).map((one) => one.text)).toEqual(["anna", "ber", "g"]);
  });
});

describe("a number to dial", () => {
  it("has digits and nothing but what stands between them", () => {
    for (const text of ["0176 123", "+49 (0) 30/123-4", "*21*5#", "101"]) expect(looksDialable(text), text).toBe(true);
    for (const text of ["", "12", "Müller 123", "+", "a101"]) expect(looksDialable(text), text).toBe(false);
  });
});

describe("recent searches", () => {
  const storage = () => {
    const kept = new Map<string, string>();
    return {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    } as unknown as Storage;
  };

  it("are a user's own, the newest first, each once, and not many", () => {
    const kept = storage();
    for (const query of ["a", "b", "c", "d", "e", "f", "g", " B ", ""]) rememberSearch("anna", query, kept);
    expect(recentSearches("anna", kept)).toEqual(["B", "g", "f", "e", "d", "c"]);
    expect(recentSearches("ben", kept)).toEqual([]);
    forgetSearches("anna", kept);
    expect(recentSearches("anna", kept)).toEqual([]);
  });

  it("survive what is broken", () => {
    const kept = storage();
    kept.setItem("cti-crm.searched.anna", "{");
    expect(recentSearches("anna", kept)).toEqual([]);
  });
});
