import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { de } from "./de";
import { en } from "./en";
import { firstLanguage } from "./index";

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const here = path ? `${path}.${key}` : key;
    if (typeof value === "string") found.set(here, value);
    else for (const [name, text] of flat(value, here)) found.set(name, text);
  }
  return found;
}

const texts = { de: flat(de), en: flat(en) };
const holes = (text: string) => [...text.matchAll(/{{(\w+)}}/g)].map((one) => one[1]).sort();

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "i18n" ? [] : sources(path);
    return /\.tsx?$/.test(entry.name) && !entry.name.includes(".test.") ? [readFileSync(path, "utf8")] : [];
  });
}

describe("the texts", () => {
  it("are the same in every language, with the same holes to fill", () => {
    expect([...texts.de.keys()]).toEqual([...texts.en.keys()]);
    for (const [key, text] of texts.en) expect(holes(texts.de.get(key) ?? ""), key).toEqual(holes(text));
  });

  it("are never empty", () => {
    for (const [language, all] of Object.entries(texts))
      for (const [key, text] of all) expect(text.trim(), `${language} ${key}`).not.toBe("");
  });

  it("exist for every key that the code names, and none is left over", () => {
    const code = sources(join(import.meta.dirname, "..")).join("\n");
    const named = new Set([...code.matchAll(/\bt\(\s*"([\w.]+)"/g)].map((one) => one[1] as string));
    for (const key of named) {
      const found = texts.en.has(key) || texts.en.has(`${key}_one`);
      expect(found, key).toBe(true);
    }
    const built = [...code.matchAll(/`([\w.]+\.)\$\{/g)].map((one) => one[1] as string);
    const unused = [...texts.en.keys()].filter(
      (key) => !code.includes(`"${key.replace(/_(one|other)$/, "")}"`) && !built.some((start) => key.startsWith(start)),
    );
    expect(unused).toEqual([]);
  });
});

describe("the first language", () => {
  it("is the chosen one, else the browser's, else English", () => {
    expect(firstLanguage("de", ["en-US"])).toBe("de");
    expect(firstLanguage(null, ["fr-FR", "de-AT", "en"])).toBe("de");
    expect(firstLanguage("xx", ["fr"])).toBe("en");
  });
});
