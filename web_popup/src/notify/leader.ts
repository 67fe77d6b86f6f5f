/** Exactly one tab of a browser leads: only that one makes itself heard. */

type Lead = (leads: boolean) => void;

/** Calls `lead(true)` once this tab is the one, `lead(false)` if it is no longer. Returns how to step down. */
export function leadOneTab(lead: Lead): () => void {
  if ("locks" in navigator) return leadByLock(lead, navigator.locks);
  return new Election(lead).start();
}

function leadByLock(lead: Lead, locks: LockManager): () => void {
  const stop = new AbortController();
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  locks
    .request("cti-crm.leader", { signal: stop.signal }, () => {
      if (stop.signal.aborted) return;
      lead(true);
      return held;
    })
    .catch(() => {}); // stepped down while waiting
  return () => {
    stop.abort();
    release();
  };
}

const ASK_EVERY_MS = 4000;
const ANSWER_WITHIN_MS = 900;

type Word = { say: "who" | "me" | "gone"; id: string };

/**
 * Without Web Locks (a page that is not served over HTTPS) the tabs settle it among themselves: who hears no leader
 * leads; of two, the one with the smaller id does. A tab that is closed says so; one that crashed no longer answers.
 */
export class Election {
  private readonly id = crypto.getRandomValues(new Uint32Array(2)).join(".");
  private readonly channel: BroadcastChannel;
  private leads = false;
  private ask: ReturnType<typeof setInterval> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly lead: Lead,
    name = "cti-crm.leader",
  ) {
    this.channel = new BroadcastChannel(name);
  }

  start(): () => void {
    const leave = () => this.stop();
    this.channel.onmessage = (event: MessageEvent<Word>) => this.hear(event.data);
    this.ask = setInterval(() => this.look(), ASK_EVERY_MS);
    this.look();
    globalThis.addEventListener?.("pagehide", leave);
    return () => {
      globalThis.removeEventListener?.("pagehide", leave);
      leave();
    };
  }

  private look(): void {
    if (this.leads) return;
    this.say("who");
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.become(true), ANSWER_WITHIN_MS);
  }

  private hear(word: Word): void {
    if (word.say === "gone") this.look();
    else if (word.say === "who") this.leads && this.say("me");
    else if (!this.leads) clearTimeout(this.silence);
    else if (word.id < this.id) this.become(false);
    else this.say("me");
  }

  private become(leads: boolean): void {
    this.leads = leads;
    if (leads) this.say("me");
    this.lead(leads);
  }

  private say(say: Word["say"]): void {
    this.channel.postMessage({ say, id: this.id } satisfies Word);
  }

  private stop(): void {
    clearInterval(this.ask);
    clearTimeout(this.silence);
    if (this.leads) this.say("gone");
    this.leads = false;
    this.channel.close();
  }
}
