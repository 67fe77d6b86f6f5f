import { describe, expect, it } from "vitest";
import type { ServerMessage } from "../api/types";
import { agent, queue } from "./agentFixtures";
import { nameOf } from "./agents";
import { runningCalls } from "./calls";
import { type Desk, emptyDesk, reduceDesk } from "./desk";
import { call, pop } from "./fixtures";
import { linksDown } from "./links";
import { createStore } from "./store";

const anna = agent();

const snapshot = (desk: Desk, pops = [pop("a", "offered")]) =>
  reduceDesk(desk, {
    type: "message",
    message: {
      type: "snapshot",
      pops,
      calls: [call({ id: "r" }), call({ id: "e", ended_at: "2026-11-21T09:01:00Z" })],
      agents: [anna],
      queues: [queue({ waiting: 2 })],
      links: [
        { pbx: "main", state: "up", message: "", since: null },
        { pbx: "branch", state: "down", message: "no answer", since: null },
      ],
      missed: { unclaimed: 0, claimed: {} },
    },
  });

describe("desk", () => {
  it("takes a snapshot whole", () => {
    const desk = snapshot(emptyDesk);
    expect(desk.ready).toBe(true);
    expect(desk.pops.front).toBe("a");
    expect(runningCalls(desk.calls).map((one) => one.id)).toEqual(["r"]);
    expect(nameOf(desk.agents, "101")).toBe("Anna Adler");
    expect(nameOf(desk.agents, "999")).toBe("999");
    expect(nameOf(desk.agents, null)).toBe("");
    expect(linksDown(desk.links).map((one) => one.pbx)).toEqual(["branch"]);
  });

  it("drops what a later snapshot no longer has", () => {
    const desk = snapshot(snapshot(emptyDesk), []);
    expect(desk.pops.order).toEqual([]);
  });

  it("ends a call once and for all", () => {
    let desk = snapshot(emptyDesk);
    const ended = call({ id: "r", revision: 4, ended_at: "2026-11-21T09:02:00Z", outcome: "answered" });
    desk = reduceDesk(desk, { type: "message", message: { type: "call", call: ended } });
    expect(runningCalls(desk.calls)).toEqual([]);
    desk = reduceDesk(desk, { type: "message", message: { type: "call", call: call({ id: "r", revision: 3 }) } });
    expect(runningCalls(desk.calls)).toEqual([]);
  });

  it("shows running calls newest first and by their latest revision", () => {
    let desk = snapshot(emptyDesk);
    const newer = call({ id: "n", revision: 2, started_at: "2026-11-21T09:05:00Z", queue: "support" });
    desk = reduceDesk(desk, { type: "message", message: { type: "call", call: newer } });
    desk = reduceDesk(desk, {
      type: "message",
      message: { type: "call", call: { ...newer, revision: 1, queue: null } },
    });
    expect(runningCalls(desk.calls).map((one) => [one.id, one.queue])).toEqual([
      ["n", "support"],
      ["r", null],
    ]);
  });

  it("changes one agent, queue and link at a time", () => {
    let desk = snapshot(emptyDesk);
    desk = reduceDesk(desk, {
      type: "message",
      message: { type: "agent", agent: { ...anna, state: "busy", revision: 2 } },
    });
    desk = reduceDesk(desk, {
      type: "message",
      message: { type: "queue", queue: queue({ revision: 2 }) },
    });
    desk = reduceDesk(desk, {
      type: "message",
      message: { type: "link", link: { pbx: "branch", state: "up", message: "", since: null } },
    });
    expect(desk.agents.a1?.state).toBe("busy");
    expect(desk.queues["main/support"]?.waiting).toBe(0);
    expect(linksDown(desk.links)).toEqual([]);
  });

  it("does not go back to an older state of an agent or a queue, and drops what is gone", () => {
    let desk = snapshot(emptyDesk);
    const tell = (message: ServerMessage) => {
      desk = reduceDesk(desk, { type: "message", message });
    };
    tell({ type: "agent", agent: agent({ state: "busy", revision: 4 }) });
    tell({ type: "agent", agent: agent({ state: "ringing", revision: 3 }) });
    expect(desk.agents.a1?.state).toBe("busy");
    tell({ type: "queue", queue: queue({ waiting: 1, revision: 6 }) });
    tell({ type: "queue", queue: queue({ waiting: 9, revision: 5 }) });
    expect(desk.queues["main/support"]?.waiting).toBe(1);
    tell({ type: "agent_gone", id: "a1" });
    tell({ type: "queue_gone", pbx: "main", name: "support" });
    expect([desk.agents, desk.queues]).toEqual([{}, {}]);
  });

  it("knows since when it hears nothing", () => {
    const at = (connection: "live" | "offline" | "connecting", moment: number) => ({
      type: "connection" as const,
      connection,
      at: moment,
    });
    let desk = reduceDesk(emptyDesk, at("live", 1));
    expect(desk.silentSince).toBeNull();
    desk = reduceDesk(reduceDesk(desk, at("offline", 5)), at("connecting", 9));
    expect(desk.silentSince).toBe(5);
    expect(reduceDesk(desk, at("live", 10)).silentSince).toBeNull();
  });

  it("forgets everything at sign-out", () => {
    const desk = reduceDesk(reduceDesk(snapshot(emptyDesk), { type: "leading", leads: true }), { type: "signed-out" });
    expect(desk).toEqual(emptyDesk);
  });

  it("notices that the service is another version than it was", () => {
    const welcome = (version: string) =>
      ({ type: "message", message: { type: "welcome", protocol: 1, version, extension: "101" } }) as const;
    let desk = reduceDesk(reduceDesk(emptyDesk, welcome("1.0")), welcome("1.0"));
    expect(desk.outdated).toBe(false);
    desk = reduceDesk(reduceDesk(desk, welcome("1.1")), welcome("1.1"));
    expect(desk.outdated).toBe(true);
  });

  it("lets messages it has no use for pass", () => {
    const desk = snapshot(emptyDesk);
    expect(reduceDesk(desk, { type: "message", message: { type: "fault", detail: "" } })).toBe(desk);
    expect(reduceDesk(desk, { type: "message", message: { type: "pop", pop: pop("a", "offered") } })).toBe(desk);
  });
});

describe("store", () => {
  it("tells its listeners of changes only", () => {
    const store = createStore((state: number, action: number) => state + action, 1);
    let told = 0;
    const leave = store.subscribe(() => {
      told += 1;
    });
    store.dispatch(0);
    store.dispatch(2);
    leave();
    store.dispatch(2);
    expect(store.get()).toBe(5);
    expect(told).toBe(1);
  });
});
