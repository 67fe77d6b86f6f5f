/** The one socket to the service: connects, proves that it is alive, and comes back by itself. No React, no state of the desk. */
import { backoffMs } from "./backoff";
import { type ClientMessage, parseMessage, type ServerMessage } from "./messages";

export type ConnectionState = "connecting" | "live" | "offline";

export interface ConnectionHandlers {
  message(message: ServerMessage): void;
  state(state: ConnectionState): void;
  /** The socket closed before it was ever open: perhaps nobody is signed in any more. */
  refused(): void;
}

export interface SocketLike {
  readyState: number;
  send(text: string): void;
  close(): void;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
}

const PING_EVERY_MS = 15_000;
const PONG_WITHIN_MS = 8_000;
/** Somebody looks at the page: they are not to believe what is no longer so. */
const PONG_AT_ONCE_MS = 3_000;
const OPEN = 1;

export class Connection {
  private socket: SocketLike | null = null;
  private attempt = 0;
  private pings = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private pingTimer: ReturnType<typeof setTimeout> | undefined;
  private pongTimer: ReturnType<typeof setTimeout> | undefined;
  private stopped = true;

  constructor(
    private readonly open: () => SocketLike,
    private readonly handlers: ConnectionHandlers,
  ) {}

  start(): void {
    this.stopped = false;
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    this.drop();
  }

  /** The page is looked at again, or the network came back: do not wait for the next try, and ask the old socket. */
  nudge(): void {
    if (this.stopped) return;
    if (this.socket?.readyState === OPEN) this.ping(PONG_AT_ONCE_MS);
    else this.connect();
  }

  /** The page slept: what it shows is not to be trusted before a new snapshot came, over this socket or another. */
  wake(): void {
    if (this.stopped) return;
    if (this.socket?.readyState !== OPEN) {
      this.connect();
      return;
    }
    this.send({ type: "resync" });
    this.expectAnswer(PONG_AT_ONCE_MS);
  }

  private connect(): void {
    this.drop();
    this.handlers.state("connecting");
    const socket = this.open();
    let opened = false;
    this.socket = socket;
    socket.onopen = () => {
      opened = true;
    };
    socket.onmessage = (event: { data: unknown }) => {
      const message = parseMessage(event.data);
      if (message) this.receive(message);
    };
    socket.onclose = () => {
      this.drop();
      this.handlers.state("offline");
      if (!opened) this.handlers.refused();
      this.attempt += 1;
      if (!this.stopped) this.retry = setTimeout(() => this.connect(), backoffMs(this.attempt));
    };
  }

  private receive(message: ServerMessage): void {
    clearTimeout(this.pongTimer);
    this.schedulePing();
    if (message.type === "snapshot") {
      this.attempt = 0;
      this.handlers.state("live");
    }
    if (message.type === "several") for (const one of message.messages) this.handlers.message(one);
    else if (message.type !== "pong") this.handlers.message(message);
  }

  private schedulePing(): void {
    clearTimeout(this.pingTimer);
    this.pingTimer = setTimeout(() => this.ping(), PING_EVERY_MS);
  }

  private ping(within = PONG_WITHIN_MS): void {
    this.pings += 1;
    this.send({ type: "ping", n: this.pings });
    this.expectAnswer(within);
  }

  /** A half-open connection reports nothing for minutes; the missing answer does. */
  private expectAnswer(within: number): void {
    clearTimeout(this.pongTimer);
    this.pongTimer = setTimeout(() => {
      this.handlers.state("offline");
      this.connect();
    }, within);
  }

  private send(message: ClientMessage): void {
    if (this.socket?.readyState === OPEN) this.socket.send(JSON.stringify(message));
  }

  private drop(): void {
    clearTimeout(this.retry);
    clearTimeout(this.pingTimer);
    clearTimeout(this.pongTimer);
    const old = this.socket;
    this.socket = null;
    if (!old) return;
    old.onopen = old.onmessage = old.onclose = null;
    old.close();
  }
}

/** The address of the service's socket, seen from the page. */
export function socketUrl(page: { protocol: string; host: string }): string {
  return `${page.protocol === "https:" ? "wss" : "ws"}://${page.host}/ws`;
}
