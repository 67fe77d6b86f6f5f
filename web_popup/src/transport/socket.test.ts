import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backoffMs } from "./backoff";
import { parseMessage } from "./messages";
import { Connection, type ConnectionState, type SocketLike, socketUrl } from "./socket";

class FakeSocket implements SocketLike {
  readyState = 0;
  sent: string[] = [];
  closed = false;
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  send(text: string) {
    this.sent.push(text);
  }
  close() {
    this.closed = true;
    this.readyState = 3;
  }
  accept() {
    this.readyState = 1;
    this.onopen?.({} as never);
  }
  deliver(message: object) {
    this.onmessage?.({ data: JSON.stringify(message) } as never);
  }
  lose() {
    this.readyState = 3;
    this.onclose?.({} as never);
  }
}

const snapshot = { type: "snapshot", pops: [], calls: [], agents: [], queues: [], links: [] };

describe("Connection", () => {
  let sockets: FakeSocket[];
  let states: ConnectionState[];
  let messages: string[];
  let refused: number;
  let connection: Connection;
  const last = () => sockets[sockets.length - 1] as FakeSocket;

  beforeEach(() => {
    vi.useFakeTimers();
    sockets = [];
    states = [];
    messages = [];
    refused = 0;
    connection = new Connection(
      () => {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket;
      },
      {
        message: (message) => messages.push(message.type),
        state: (state) => states.push(state),
        refused: () => {
          refused += 1;
        },
      },
    );
    connection.start();
  });
  afterEach(() => {
    connection.stop();
    vi.useRealTimers();
  });

  it("is live once the snapshot is there, not before", () => {
    last().accept();
    expect(states).toEqual(["connecting"]);
    last().deliver(snapshot);
    expect(states).toEqual(["connecting", "live"]);
    expect(messages).toEqual(["snapshot"]);
  });

  it("comes back after a loss and tells when it was refused", () => {
    last().accept();
    last().deliver(snapshot);
    last().lose();
    expect(states.at(-1)).toBe("offline");
    expect(refused).toBe(0);
    vi.advanceTimersByTime(20_000);
    expect(sockets).toHaveLength(2);
    last().lose();
    expect(refused).toBe(1);
  });

  it("leaves a silent server and takes a new socket", () => {
    last().accept();
    last().deliver(snapshot);
    const silent = last();
    vi.advanceTimersByTime(15_000);
    expect(JSON.parse(silent.sent[0] as string)).toEqual({ type: "ping", n: 1 });
    vi.advanceTimersByTime(8_000);
    expect(silent.closed).toBe(true);
    expect(sockets).toHaveLength(2);
  });

  it("stays with a server that answers", () => {
    last().accept();
    last().deliver(snapshot);
    for (let n = 1; n <= 5; n++) {
      vi.advanceTimersByTime(15_000);
      last().deliver({ type: "pong", n });
    }
    expect(sockets).toHaveLength(1);
    expect(messages).toEqual(["snapshot"]);
  });

  it("does not wait for its turn when the network is back", () => {
    last().lose();
    connection.nudge();
    expect(sockets).toHaveLength(2);
    vi.advanceTimersByTime(0);
    expect(sockets).toHaveLength(2);
  });

  it("asks an open socket whether it lives after sleep", () => {
    last().accept();
    last().deliver(snapshot);
    connection.nudge();
    expect(last().sent).toHaveLength(1);
    expect(sockets).toHaveLength(1);
  });

  it("takes a new snapshot after sleep, over a new socket if the old one is dead", () => {
    last().accept();
    last().deliver(snapshot);
    connection.wake();
    expect(JSON.parse(last().sent[0] as string)).toEqual({ type: "resync" });
    last().deliver(snapshot);
    vi.advanceTimersByTime(5_000);
    expect(sockets).toHaveLength(1);
    expect(messages).toEqual(["snapshot", "snapshot"]);

    const dead = last();
    connection.wake();
    vi.advanceTimersByTime(3_000);
    expect(dead.closed).toBe(true);
    expect(sockets).toHaveLength(2);
    expect(states.at(-2)).toBe("offline");
  });

  it("does nothing more once stopped", () => {
    connection.stop();
    connection.nudge();
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(1);
  });
});

describe("backoffMs", () => {
  it("grows to a ceiling and never is nothing", () => {
    expect(backoffMs(1, () => 0)).toBe(125);
    expect(backoffMs(1, () => 1)).toBe(500);
    expect(backoffMs(4, () => 1)).toBe(4000);
    expect(backoffMs(50, () => 1)).toBe(20_000);
  });
});

describe("parseMessage", () => {
  it("takes objects with a type and nothing else", () => {
    expect(parseMessage('{"type":"pong","n":1}')).toEqual({ type: "pong", n: 1 });
    for (const bad of ["", "{", "null", "3", "[]", '{"n":1}', undefined, 5]) expect(parseMessage(bad)).toBeNull();
  });
});

it("finds the socket beside the page", () => {
  expect(socketUrl({ protocol: "http:", host: "127.0.0.1:8080" })).toBe("ws://127.0.0.1:8080/ws");
  expect(socketUrl({ protocol: "https:", host: "crm.example.com" })).toBe("wss://crm.example.com/ws");
});
