import { expect, it } from "vitest";
import type { NoteTemplate } from "../api/types";
import { filled, inserted, offered } from "./templates";

const template = (title: string, fields: Partial<NoteTemplate> = {}): NoteTemplate => ({
  id: title,
  version: 1,
  title,
  text: "",
  language: null,
  queues: [],
  position: 0,
  changed_by: { id: "u", name: "Maria" },
  updated_at: "2026-11-20T10:00:00Z",
  ...fields,
});

it("offers what is for this queue and this language", () => {
  const all = [
    template("all"),
    template("german", { language: "de" }),
    template("support", { queues: ["support"] }),
    template("sales in English", { queues: ["sales"], language: "en" }),
  ];
  const titles = (queue: string | null, language: string) => offered(all, queue, language).map((one) => one.title);
  expect(titles(null, "de")).toEqual(["all", "german"]);
  expect(titles("support", "en")).toEqual(["all", "support"]);
  expect(titles("sales", "en")).toEqual(["all", "sales in English"]);
});

it("fills gaps, and leaves what it does not know to be seen", () => {
  const gaps = { contact: "Eva Krüger", number: "+49 30 1", date: "" };
  expect(filled("{{contact}} ({{ Number }}), {{date}}: {{other}}", gaps)).toBe("Eva Krüger (+49 30 1), …: {{other}}");
});

it("takes no text of a caller for a gap", () => {
  expect(filled("{{contact}}", { contact: "{{number}} $& $1", number: "secret", date: "" })).toBe("{{number}} $& $1");
});

it("puts a text where the caret is, on lines of its own", () => {
  expect(inserted("", 0, 0, "Hello")).toEqual({ text: "Hello", caret: 5 });
  expect(inserted("one two", 3, 3, "Hello")).toEqual({ text: "one\nHello two", caret: 9 });
  expect(inserted("one\ntwo", 4, 7, "Hello")).toEqual({ text: "one\nHello", caret: 9 });
  expect(inserted("onetwo", 3, 3, "X")).toEqual({ text: "one\nX\ntwo", caret: 6 });
});
