import { describe, expect, it } from "vitest";
import type { Note, Pop, Task } from "../api/types";
import { pop } from "./fixtures";
import { type Line, lastAnswered, matters } from "./matters";

const NOW = Date.parse("2026-11-21T12:00:00");
const task = (text: string, due_at: string | null) => ({ id: text, text, due_at }) as Task;
const note = { id: "n", text: "Very happy" } as Note;
const line = (id: string, more: Partial<Line> = {}): Line => ({
  id,
  medium: "call",
  at: "2026-11-20T09:00:00Z",
  call_id: id,
  outcome: "answered",
  direction: "inbound",
  agent: "102",
  note: "",
  ...more,
});
const given = (context: Partial<Pop["context"]>, match: Partial<Pop["match"]> = {}) => {
  const bare = pop("a", "offered");
  return { ...bare, context: { ...bare.context, ...context }, match: { ...bare.match, ...match } };
};

describe("what matters now", () => {
  it("is what is late, then what is due today, what was promised, what is open, the last note, the last talk", () => {
    const missed: Pop["context"]["missed"] = { attempts: 2, since: "2026-11-21T08:00:00Z", claimed_by: null };
    const found = matters(
      given({
        open_tasks: [
          task("late", "2026-11-20T12:00:00"),
          task("some day", null),
          task("tonight", "2026-11-21T23:30:00"),
          task("tomorrow", "2026-11-22T00:10:00"),
        ],
        missed,
        last_note: note,
        touchpoints: [line("1")],
      }),
      NOW,
    );
    expect(found.map((one) => ("task" in one ? `${one.kind} ${one.task.text}` : one.kind))).toEqual([
      "overdue late",
      "today tonight",
      "promised",
      "open some day",
      "open tomorrow",
      "note",
      "talked",
    ]);
  });

  it("is that they never called, if we know them and that is so", () => {
    expect(matters(given({}, { kind: "unique" }), NOW)).toEqual([{ kind: "first" }]);
    expect(matters(given({ complete: false }, { kind: "unique" }), NOW)).toEqual([]);
    expect(matters(given({}), NOW)).toEqual([]);
  });

  it("knows who talked with them last", () => {
    const lines = [line("1", { outcome: "missed", agent: null }), line("2", { agent: "103" }), line("3")];
    expect(lastAnswered(given({ touchpoints: lines }))?.agent).toBe("103");
    expect(lastAnswered(given({ touchpoints: [] }))).toBeUndefined();
  });
});
