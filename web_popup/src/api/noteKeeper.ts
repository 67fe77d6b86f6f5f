/** Keeps what is typed about a call, or a contact: in the browser's storage with each keystroke, on the service soon after.
 *
 * `about`: the id of a call, or a key of `notes/draftKey.ts`.
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
  put(about: string, text: string, version: number, leaving?: boolean): Promise<Pick<Note, "text" | "version">>;
  read(about: string): Promise<Pick<Note, "text" | "version"> | null>;
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
const NEVER = { text: "", version: 0 };
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

  view(about: string): NoteView {
    return this.entries.get(about)?.view ?? NOTHING;
  }

  /** Begin with a call: what was typed here before wins over what the service has, unless that is newer. */
  open(about: string, server: Pick<Note, "text" | "version"> | null): void {
    const known = this.entries.get(about);
    if (known) {
      if (server && !known.dirty && !known.sending && server.version > known.version) this.adopt(known, server);
      return;
    }
    const stored = this.load(about);
    const entry = this.entry(stored ?? { text: "", version: 0, dirty: false, at: Date.now() });
    this.entries.set(about, entry);
    if (server && !entry.dirty) this.adopt(entry, server);
    else if (entry.dirty) this.show(entry, "waiting");
    if (entry.dirty) void this.save(about);
  }

  /** The agent typed. */
  type(about: string, text: string): void {
    const entry = this.entries.get(about) ?? this.entry({ text: "", version: 0, dirty: false, at: Date.now() });
    this.entries.set(about, entry);
    const now = Date.now();
    entry.since ??= now;
    Object.assign(entry, { text, dirty: true, at: now });
    this.store(about, entry);
    this.show(entry, entry.view.status === "conflict" ? "conflict" : "saving");
    const wait = Math.min(SAVE_AFTER_MS, Math.max(0, entry.since + LATEST_MS - now));
    if (entry.view.status !== "conflict") this.later(about, entry, wait);
  }

  /** End a conflict with both texts. */
  keepBoth(about: string): void {
    const { text, theirs } = this.view(about);
    if (theirs !== null) this.resolve(about, [theirs, text].filter((one) => one.trim()).join("\n\n"));
  }

  /** The agent is done with the call: resolves when the service has all that was typed. Throws if it has not. */
  async finish(about: string): Promise<void> {
    this.keepBoth(about);
    for (let attempt = 0; this.entries.get(about)?.dirty && attempt < 3; attempt += 1) {
      await this.sending.get(about);
      this.keepBoth(about);
      await this.save(about);
    }
    if (this.entries.get(about)?.dirty) throw this.view(about).status === "refused" ? tooLong() : offlineProblem();
  }

  /** The page is being left: send what is not sent, by requests that outlive it. The storage has it in any case. */
  leave(): void {
    for (const [about, entry] of this.entries) {
      if (entry.dirty && entry.view.status !== "conflict") {
        void this.service.put(about, entry.text, entry.version, true).catch(() => {});
      }
    }
  }

  /** End a conflict with the text the agent decided for. */
  resolve(about: string, text: string): void {
    const entry = this.entries.get(about);
    if (!entry) return;
    entry.view = { ...entry.view, status: "saving", theirs: null };
    this.type(about, text);
  }

  /** Send now; resolves when the service has it or said no. */
  async save(about: string): Promise<void> {
    const entry = this.entries.get(about);
    if (!entry?.dirty || entry.sending || entry.view.status === "conflict") return;
    const sending = this.send(about, entry);
    this.sending.set(about, sending);
    await sending;
    if (this.sending.get(about) === sending) this.sending.delete(about);
  }

  private async send(about: string, entry: Entry): Promise<void> {
    clearTimeout(entry.timer);
    const { text, version } = entry;
    entry.sending = true;
    entry.since = null;
    this.show(entry, entry.attempt > 0 ? "waiting" : "saving");
    try {
      const note = await this.service.put(about, text, version);
      entry.sending = false;
      Object.assign(entry, { version: note.version, dirty: entry.text !== text, attempt: 0 });
      this.store(about, entry);
      this.show(entry, entry.dirty ? "saving" : "saved");
      if (entry.dirty) this.later(about, entry, SAVE_AFTER_MS);
    } catch (error) {
      entry.sending = false;
      await this.failed(about, entry, error);
    }
  }

  /** The network is back: send what waits. */
  retry(): void {
    for (const about of this.entries.keys()) void this.save(about);
  }

  /** Send what earlier windows could not, and forget what is long saved. One tab of a browser does this. */
  resume(): void {
    const keys = Array.from({ length: this.storage.length }, (_, index) => this.storage.key(index) ?? "");
    for (const key of keys.filter((one) => one.startsWith(this.prefix))) {
      const about = key.slice(this.prefix.length);
      const draft = this.load(about);
      if (draft?.dirty) this.open(about, null);
      else if (!draft || Date.now() - draft.at > FORGET_AFTER_MS) this.storage.removeItem(key);
    }
  }

  /** Another tab wrote this key: mirror it, unless the agent types here. */
  mirror(key: string | null): void {
    if (!key?.startsWith(this.prefix)) return;
    const about = key.slice(this.prefix.length);
    const entry = this.entries.get(about);
    const draft = this.load(about);
    if (!entry || entry.dirty || !draft) return;
    Object.assign(entry, { text: draft.text, version: draft.version });
    this.show(entry, draft.text ? "saved" : "empty");
  }

  /** Read what the service has; it counts, unless something is typed here, or was meanwhile. */
  async refresh(about: string): Promise<void> {
    this.open(about, null);
    const entry = this.entries.get(about);
    const seen = entry?.version;
    const server = await this.service.read(about);
    if (!entry || entry !== this.entries.get(about) || entry.dirty || entry.sending || entry.version !== seen) return;
    this.adopt(entry, server ?? NEVER);
    this.store(about, entry);
  }

  /** What was typed has become something else; the next about the same begins anew, in all tabs. */
  forget(about: string): void {
    const entry = this.entries.get(about);
    if (!entry) return;
    clearTimeout(entry.timer);
    this.adopt(entry, NEVER);
    this.store(about, entry);
  }

  /** Stop all timers; drafts stay in the storage. */
  close(): void {
    for (const entry of this.entries.values()) clearTimeout(entry.timer);
    this.entries.clear();
  }

  private async failed(about: string, entry: Entry, error: unknown): Promise<void> {
    if (error instanceof ProblemError && error.status === 409) {
      const server = await this.service.read(about).catch(() => undefined);
      if (server !== undefined) return this.conflicted(about, entry, server ?? NEVER);
    } else if (error instanceof ProblemError && !error.passing && error.status !== 401) {
      return this.show(entry, "refused");
    }
    entry.attempt += 1;
    this.show(entry, "waiting");
    this.later(about, entry, backoffMs(entry.attempt));
  }

  private conflicted(about: string, entry: Entry, server: Pick<Note, "text" | "version">): void {
    entry.version = server.version;
    if (entry.text === server.text) {
      Object.assign(entry, { dirty: false, attempt: 0 });
      this.store(about, entry);
      this.show(entry, "saved");
    } else if (entry.text.startsWith(server.text)) {
      this.store(about, entry);
      this.later(about, entry, 0);
    } else {
      this.show(entry, "conflict", server.text);
    }
  }

  private adopt(entry: Entry, server: Pick<Note, "text" | "version">): void {
    Object.assign(entry, { text: server.text, version: server.version, dirty: false });
    this.show(entry, server.text ? "saved" : "empty");
  }

  private later(about: string, entry: Entry, ms: number): void {
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => void this.save(about), ms);
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

  private store(about: string, { text, version, dirty, at }: Draft): void {
    try {
      this.storage.setItem(this.prefix + about, JSON.stringify({ text, version, dirty, at }));
    } catch {
      // The storage is full or forbidden: the service still gets it.
    }
  }

  private load(about: string): Draft | null {
    try {
      return JSON.parse(this.storage.getItem(this.prefix + about) ?? "null") as Draft | null;
    } catch {
      return null;
    }
  }
}
