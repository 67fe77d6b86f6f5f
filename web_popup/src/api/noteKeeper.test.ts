import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { offlineProblem, ProblemError } from "./errors";
import { NoteKeeper } from "./noteKeeper";

class FakeStorage {
  readonly items = new Map<string, string>();
  get length() {
    return this.items.size;
  }
  key = (index: number) => [...this.items.keys()][index] ?? null;
  getItem = (key: string) => this.items.get(key) ?? null;
  setItem = (key: string, value: string) => void this.items.set(key, value);
  removeItem = (key: string) => void this.items.delete(key);
}

/** A service that keeps one note a call and checks versions. */
class FakeService {
  notes = new Map<string, { text: string; version: number }>();
  puts = 0;
  offline = false;
  put = async (callId: string, text: string, version: number) => {
    this.puts += 1;
    if (this.offline) throw offlineProblem();
    const current = this.notes.get(callId)?.version ?? 0;
    if (version !== current) throw new ProblemError(409, "conflict", "");
    const note = { text, version: current + 1 };
    this.notes.set(callId, note);
    return note;
  };
  read = async (callId: string) => this.notes.get(callId) ?? null;
}

describe("NoteKeeper", () => {
  let storage: FakeStorage;
  let service: FakeService;
  let keeper: NoteKeeper;
  const settle = (ms = 500) => vi.advanceTimersByTimeAsync(ms);

  beforeEach(() => {
    vi.useFakeTimers();
    storage = new FakeStorage();
    service = new FakeService();
    keeper = new NoteKeeper(service, storage, "u1");
    keeper.open("c1", null);
  });
  afterEach(() => {
    keeper.close();
    vi.useRealTimers();
  });

  it("saves once typing pauses, not at each letter", async () => {
    for (const text of ["H", "Ha", "Hal", "Hallo"]) keeper.type("c1", text);
    expect(keeper.view("c1").status).toBe("saving");
    await settle();
    expect(service.puts).toBe(1);
    expect(service.notes.get("c1")?.text).toBe("Hallo");
    expect(keeper.view("c1")).toEqual({ text: "Hallo", status: "saved", theirs: null });
  });

  it("saves every two seconds who types without a pause", async () => {
    for (let letters = 1; letters <= 30; letters += 1) {
      keeper.type("c1", "x".repeat(letters));
      await settle(100); // never long enough to count as a pause
    }
    expect(service.puts).toBe(1);
    expect(service.notes.get("c1")?.text.length).toBeGreaterThanOrEqual(20);
    await settle();
    expect(service.notes.get("c1")?.text).toBe("x".repeat(30));
  });

  it("sends what is left as the page is left", async () => {
    const leaving: unknown[] = [];
    const put = service.put;
    service.put = (...sent: Parameters<typeof put> | [...Parameters<typeof put>, boolean]) => {
      leaving.push(sent[3]);
      return put(sent[0], sent[1], sent[2]);
    };
    keeper.type("c1", "last words");
    keeper.leave();
    expect(leaving).toEqual([true]);
    await settle(0);
    expect(service.notes.get("c1")?.text).toBe("last words");
  });

  it("is done only when the service has all of it", async () => {
    keeper.type("c1", "all of it");
    await keeper.finish("c1");
    expect(service.notes.get("c1")?.text).toBe("all of it");
    service.offline = true;
    keeper.type("c1", "and more");
    await expect(keeper.finish("c1")).rejects.toThrow("does not answer");
    expect(keeper.view("c1").text).toBe("and more");
  });

  it("ends a conflict with both texts when the agent is done", async () => {
    service.notes.set("c1", { text: "from the other device", version: 3 });
    keeper.type("c1", "from here");
    await keeper.finish("c1");
    expect(service.notes.get("c1")?.text).toBe("from the other device\n\nfrom here");
  });

  it("has every keystroke in the storage at once", () => {
    keeper.type("c1", "half a wo");
    expect(storage.getItem("cti-crm.note.u1.c1")).toContain("half a wo");
  });

  it("keeps and sends what a closed tab left behind", async () => {
    keeper.type("c1", "typed, then the tab was closed");
    keeper.close();
    const next = new NoteKeeper(service, storage, "u1");
    next.resume();
    expect(next.view("c1").text).toBe("typed, then the tab was closed");
    await settle();
    expect(service.notes.get("c1")?.text).toBe("typed, then the tab was closed");
    next.close();
  });

  it("waits while the service is away, says so, and sends when it is back", async () => {
    service.offline = true;
    keeper.type("c1", "kept");
    await settle();
    expect(keeper.view("c1").status).toBe("waiting");
    service.offline = false;
    keeper.retry();
    await settle(0);
    expect(keeper.view("c1").status).toBe("saved");
    expect(service.notes.get("c1")?.text).toBe("kept");
  });

  it("tries again by itself", async () => {
    service.offline = true;
    keeper.type("c1", "kept");
    await settle();
    service.offline = false;
    await settle(30_000);
    expect(keeper.view("c1").status).toBe("saved");
  });

  it("shows the other text in a conflict and overwrites nothing", async () => {
    service.notes.set("c1", { text: "from the other window", version: 3 });
    keeper.type("c1", "from here");
    await settle();
    expect(keeper.view("c1")).toEqual({ text: "from here", status: "conflict", theirs: "from the other window" });
    expect(service.notes.get("c1")?.text).toBe("from the other window");
    keeper.resolve("c1", "from the other window\nfrom here");
    await settle();
    expect(service.notes.get("c1")).toEqual({ text: "from the other window\nfrom here", version: 4 });
    expect(keeper.view("c1").status).toBe("saved");
  });

  it("makes no fuss where the service has the beginning of the same text", async () => {
    service.notes.set("c1", { text: "Asked for", version: 1 });
    keeper.type("c1", "Asked for an offer");
    await settle();
    expect(service.notes.get("c1")?.text).toBe("Asked for an offer");
    expect(keeper.view("c1").status).toBe("saved");
  });

  it("takes a newer note of the service while nothing is typed here", () => {
    keeper.open("c1", { text: "new", version: 2 });
    expect(keeper.view("c1").text).toBe("new");
    keeper.open("c1", { text: "old", version: 1 });
    expect(keeper.view("c1").text).toBe("new");
  });

  it("does not replace what is being typed", () => {
    keeper.type("c1", "mine");
    keeper.open("c1", { text: "theirs", version: 9 });
    expect(keeper.view("c1").text).toBe("mine");
  });

  it("mirrors another tab, but not over what is typed here", async () => {
    storage.setItem("cti-crm.note.u1.c1", JSON.stringify({ text: "other tab", version: 1, dirty: false, at: 0 }));
    keeper.mirror("cti-crm.note.u1.c1");
    expect(keeper.view("c1").text).toBe("other tab");
    keeper.type("c1", "here");
    storage.setItem("cti-crm.note.u1.c1", JSON.stringify({ text: "other", version: 1, dirty: true, at: 0 }));
    keeper.mirror("cti-crm.note.u1.c1");
    expect(keeper.view("c1").text).toBe("here");
  });

  it("says when the service refuses the text", async () => {
    service.put = async () => {
      throw new ProblemError(422, "invalid_input", "too long");
    };
    keeper.type("c1", "x".repeat(30_000));
    await settle();
    expect(keeper.view("c1").status).toBe("refused");
  });

  it("forgets saved notes after a day and nobody else's drafts", () => {
    storage.setItem("cti-crm.note.u1.old", JSON.stringify({ text: "", version: 1, dirty: false, at: 0 }));
    storage.setItem("cti-crm.note.u2.x", JSON.stringify({ text: "not mine", version: 0, dirty: true, at: 0 }));
    keeper.resume();
    expect(storage.getItem("cti-crm.note.u1.old")).toBeNull();
    expect(storage.getItem("cti-crm.note.u2.x")).not.toBeNull();
    expect(keeper.view("x").text).toBe("");
  });

  it("takes what the service has, unless something is or was typed meanwhile", async () => {
    keeper.type("c1", "Mine");
    await settle();
    service.notes.set("c1", { text: "From elsewhere", version: 7 });
    await keeper.refresh("c1");
    expect(keeper.view("c1").text).toBe("From elsewhere");
    service.notes.delete("c1"); // saved or discarded elsewhere
    const asked = keeper.refresh("c1");
    keeper.type("c1", "Typed meanwhile");
    await asked;
    expect(keeper.view("c1").text).toBe("Typed meanwhile");
    service.notes.set("c1", { text: "", version: 7 });
    await settle();
    service.notes.delete("c1");
    await keeper.refresh("c1");
    expect(keeper.view("c1")).toEqual({ text: "", status: "empty", theirs: null });
  });

  it("begins anew with what has become something else, in all tabs", async () => {
    const other = new NoteKeeper(service, storage, "u1");
    keeper.type("c1", "A note now");
    await settle();
    other.open("c1", null);
    expect(other.view("c1").text).toBe("A note now");
    keeper.forget("c1");
    other.mirror("cti-crm.note.u1.c1");
    expect([keeper.view("c1").status, other.view("c1").status]).toEqual(["empty", "empty"]);
    service.notes.delete("c1");
    keeper.type("c1", "The next");
    await settle();
    expect(keeper.view("c1").status).toBe("saved");
    other.close();
  });
});
