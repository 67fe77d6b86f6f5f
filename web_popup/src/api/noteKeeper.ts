/** Keeps what is typed about a call: in the browser's storage with each keystroke, on the service soon after.
 *
 * Nothing typed is ever lost: not by a closed tab, a lost network, a service that is away, or a second window.
 */
import { backoffMs } from "../transport/backoff";
import { offlineProblem, ProblemError } from "./errors";
import type { Note } from "./types";

export type NoteStatus = "empty" | "saved" | "saving" | "waiting" | "conflict" | "refused";

export interface NoteView {
  text: string;
  status: NoteStatus;
  /** What stands on the service instead, in a conflict. */
  theirs: string | null;
}

export interface NoteService {
  /** `leaving`: the page goes away, and the request must outlive it. */
  put(callId: string, text: string, version: number, leaving?: boolean): Promise<Pick<Note, "text" | "version">>;
  read(callId: string): Promise<Pick<Note, "text" | "version"> | null>;
}

interface Draft {
  text: string;
  version: number;
  dirty: boolean;
  at: number;
}

interface Entry extends Draft {
  view: NoteView;
  sending: boolean;
  attempt: number;
  /** Since when something is typed that was not sent. */
  since: number | null;
  timer: ReturnType<typeof setTimeout> | undefined;
}

const SAVE_AFTER_MS = 300;
/** Who types without a pause is saved nevertheless: a crash costs no more than this on another device. */
const LATEST_MS = 2000;
const FORGET_AFTER_MS = 24 * 3600 * 1000;
const tooLong = () => new ProblemError(422, "invalid_input", "The note is too long.");
const NOTHING: NoteView = { text: "", status: "empty", theirs: null };

export class NoteKeeper {
  private readonly entries = new Map<string, Entry>();
  private readonly sending = new Map<string, Promise<void>>();
  private readonly listeners = new Set<() => void>();
  private readonly prefix: string;

  constructor(
    private readonly service: NoteService,
    private readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">,
    userId: string,
  ) {
    this.prefix = `cti-crm.note.${userId}.`;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  view(callId: string): NoteView {
    return this.entries.get(callId)?.view ?? NOTHING;
  }

  /** Begin with a call: what was typed here before wins over what the service has, unless that is newer. */
  open(callId: string, server: Pick<Note, "text" | "version"> | null): void {
    const known = this.entries.get(callId);
    if (known) {
      if (server && !known.dirty && !known.sending && server.version > known.version) this.adopt(known, server);
      return;
    }
    const stored = this.load(callId);
    const entry = this.entry(stored ?? { text: "", version: 0, dirty: false, at: Date.now() });
    this.entries.set(callId, entry);
    if (server && !entry.dirty) this.adopt(entry, server);
    else if (entry.dirty) this.show(entry, "waiting");
    if (entry.dirty) void this.save(callId);
  }

  /** The agent typed. */
  type(callId: string, text: string): void {
    const entry = this.entries.get(callId) ?? this.entry({ text: "", version: 0, dirty: false, at: Date.now() });
    this.entries.set(callId, entry);
    const now = Date.now();
    entry.since ??= now;
    Object.assign(entry, { text, dirty: true, at: now });
    this.store(callId, entry);
    this.show(entry, entry.view.status === "conflict" ? "conflict" : "saving");
    const wait = Math.min(SAVE_AFTER_MS, Math.max(0, entry.since + LATEST_MS - now));
    if (entry.view.status !== "conflict") this.later(callId, entry, wait);
  }

  /** End a conflict with both texts. */
  keepBoth(callId: string): void {
    const { text, theirs } = this.view(callId);
    if (theirs !== null) this.resolve(callId, [theirs, text].filter((one) => one.trim()).join("\n\n"));
  }

  /** The agent is done with the call: resolves when the service has all that was typed. Throws if it has not. */
  async finish(callId: string): Promise<void> {
    this.keepBoth(callId);
    for (let attempt = 0; this.entries.get(callId)?.dirty && attempt < 3; attempt += 1) {
      await this.sending.get(callId);
      this.keepBoth(callId);
      await this.save(callId);
    }
    if (this.entries.get(callId)?.dirty) throw this.view(callId).status === "refused" ? tooLong() : offlineProblem();
  }

  /** The page is being left: send what is not sent, by requests that outlive it. The storage has it in any case. */
  leave(): void {
    for (const [callId, entry] of this.entries) {
      if (entry.dirty && entry.view.status !== "conflict") {
        void this.service.put(callId, entry.text, entry.version, true).catch(() => {});
      }
    }
  }

  /** End a conflict with the text the agent decided for. */
  resolve(callId: string, text: string): void {
    const entry = this.entries.get(callId);
    if (!entry) return;
    entry.view = { ...entry.view, status: "saving", theirs: null };
    this.type(callId, text);
  }

  /** Send now; resolves when the service has it or said no. */
  async save(callId: string): Promise<void> {
    const entry = this.entries.get(callId);
    if (!entry?.dirty || entry.sending || entry.view.status === "conflict") return;
    const sending = this.send(callId, entry);
    this.sending.set(callId, sending);
    await sending;
    if (this.sending.get(callId) === sending) this.sending.delete(callId);
  }

  private async send(callId: string, entry: Entry): Promise<void> {
    clearTimeout(entry.timer);
    const { text, version } = entry;
    entry.sending = true;
    entry.since = null;
    this.show(entry, entry.attempt > 0 ? "waiting" : "saving");
    try {
      const note = await this.service.put(callId, text, version);
      entry.sending = false;
      Object.assign(entry, { version: note.version, dirty: entry.text !== text, attempt: 0 });
      this.store(callId, entry);
      this.show(entry, entry.dirty ? "saving" : "saved");
      if (entry.dirty) this.later(callId, entry, SAVE_AFTER_MS);
    } catch (error) {
      entry.sending = false;
      await this.failed(callId, entry, error);
    }
  }

  /** The network is back: send what waits. */
  retry(): void {
    for (const callId of this.entries.keys()) void this.save(callId);
  }

  /** Send what earlier windows could not, and forget what is long saved. One tab of a browser does this. */
  resume(): void {
    const keys = Array.from({ length: this.storage.length }, (_, index) => this.storage.key(index) ?? "");
    for (const key of keys.filter((one) => one.startsWith(this.prefix))) {
      const callId = key.slice(this.prefix.length);
      const draft = this.load(callId);
      if (draft?.dirty) this.open(callId, null);
      else if (!draft || Date.now() - draft.at > FORGET_AFTER_MS) this.storage.removeItem(key);
    }
  }

  /** Another tab wrote this key: mirror it, unless the agent types here. */
  mirror(key: string | null): void {
    if (!key?.startsWith(this.prefix)) return;
    const callId = key.slice(this.prefix.length);
    const entry = this.entries.get(callId);
    const draft = this.load(callId);
    if (!entry || entry.dirty || !draft) return;
    Object.assign(entry, { text: draft.text, version: draft.version });
    this.show(entry, draft.text ? "saved" : "empty");
  }

  /** Stop all timers; drafts stay in the storage. */
  close(): void {
    for (const entry of this.entries.values()) clearTimeout(entry.timer);
    this.entries.clear();
  }

  private async failed(callId: string, entry: Entry, error: unknown): Promise<void> {
    if (error instanceof ProblemError && error.status === 409) {
      const server = await this.service.read(callId).catch(() => undefined);
      if (server !== undefined) return this.conflicted(callId, entry, server ?? { text: "", version: 0 });
    } else if (error instanceof ProblemError && !error.passing && error.status !== 401) {
      return this.show(entry, "refused");
    }
    entry.attempt += 1;
    this.show(entry, "waiting");
    this.later(callId, entry, backoffMs(entry.attempt));
  }

  private conflicted(callId: string, entry: Entry, server: Pick<Note, "text" | "version">): void {
    entry.version = server.version;
    if (entry.text === server.text) {
      Object.assign(entry, { dirty: false, attempt: 0 });
      this.store(callId, entry);
      this.show(entry, "saved");
    } else if (entry.text.startsWith(server.text)) {
      this.store(callId, entry);
      this.later(callId, entry, 0);
    } else {
      this.show(entry, "conflict", server.text);
    }
  }

  private adopt(entry: Entry, server: Pick<Note, "text" | "version">): void {
    Object.assign(entry, { text: server.text, version: server.version, dirty: false });
    this.show(entry, server.text ? "saved" : "empty");
  }

  private later(callId: string, entry: Entry, ms: number): void {
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => void this.save(callId), ms);
  }

  private entry(draft: Draft): Entry {
    const view: NoteView = { text: draft.text, status: draft.text ? "saved" : "empty", theirs: null };
    return { ...draft, view, sending: false, attempt: 0, since: null, timer: undefined };
  }

  private show(entry: Entry, status: NoteStatus, theirs: string | null = entry.view.theirs): void {
    const next = { text: entry.text, status, theirs: status === "conflict" ? theirs : null };
    entry.view = next;
    for (const listener of [...this.listeners]) listener();
  }

  private store(callId: string, { text, version, dirty, at }: Draft): void {
    try {
      this.storage.setItem(this.prefix + callId, JSON.stringify({ text, version, dirty, at }));
    } catch {
      // The storage is full or forbidden: the service still gets it.
    }
  }

  private load(callId: string): Draft | null {
    try {
      return JSON.parse(this.storage.getItem(this.prefix + callId) ?? "null") as Draft | null;
    } catch {
      return null;
    }
  }
}
