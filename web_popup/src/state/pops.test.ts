import { describe, expect, it } from "vitest";
import { pop } from "./fixtures";
import { noPops, type PopsState, reducePops } from "./pops";

const given = (...pops: ReturnType<typeof pop>[]) =>
  pops.reduce<PopsState>((state, one) => reducePops(state, { type: "pops/changed", pop: one }), noPops);

describe("pops", () => {
  it("shows the first and keeps later ones in the tray", () => {
    const state = given(pop("a", "offered"), pop("b", "offered"));
    expect(state.front).toBe("a");
    expect(state.order).toEqual(["a", "b"]);
  });

  it("ignores what is older than what it has", () => {
    const state = given(pop("a", "talking", 5), pop("a", "offered", 4), pop("a", "offered", 5));
    expect(state.byId.a?.state).toBe("talking");
  });

  it("brings the conversation to the front", () => {
    expect(given(pop("a", "wrap_up"), pop("b", "offered"), pop("c", "talking")).front).toBe("c");
  });

  it("does not let a new call push a conversation away", () => {
    expect(given(pop("a", "talking"), pop("b", "offered")).front).toBe("a");
  });

  it("takes nothing from under the agent's hands", () => {
    let state = reducePops(given(pop("a", "wrap_up")), { type: "pops/engaged", engaged: true });
    state = reducePops(state, { type: "pops/changed", pop: pop("b", "talking") });
    expect(state.front).toBe("a");
    expect(reducePops(state, { type: "pops/engaged", engaged: false }).front).toBe("b");
  });

  it("lets a pop answered elsewhere linger until it is dismissed, and not come back", () => {
    const closed = pop("a", "closed", 3, { closed_reason: "answered_elsewhere", closed_by: "102" });
    let state = given(pop("a", "offered", 1), closed);
    expect(state.front).toBe("a");
    state = reducePops(state, { type: "pops/dismiss", callId: "a" });
    expect(state.front).toBeNull();
    state = reducePops(state, { type: "pops/changed", pop: pop("a", "offered", 2) });
    expect(state.order).toEqual([]);
  });

  it("removes a finished one at once", () => {
    const state = given(pop("a", "wrap_up", 1), pop("a", "closed", 2, { closed_reason: "done" }));
    expect(state).toMatchObject({ byId: {}, order: [], front: null });
  });

  it("does not show a pop that was closed before it was seen", () => {
    expect(given(pop("a", "closed", 2, { closed_reason: "caller_gone" })).order).toEqual([]);
  });

  it("believes the snapshot in everything", () => {
    const before = given(pop("a", "talking", 9), pop("b", "offered", 2));
    const state = reducePops(before, { type: "pops/snapshot", pops: [pop("b", "wrap_up", 1)] });
    expect(state.order).toEqual(["b"]);
    expect(state.front).toBe("b");
    expect(state.byId.b?.state).toBe("wrap_up");
  });

  it("goes to the next when the one in front goes", () => {
    const state = given(
      pop("a", "wrap_up", 1),
      pop("b", "wrap_up", 1),
      pop("a", "closed", 2, { closed_reason: "done" }),
    );
    expect(state.front).toBe("b");
  });

  it("does not grow over a long day", () => {
    let state = noPops;
    for (let n = 0; n < 500; n++) {
      state = reducePops(state, { type: "pops/changed", pop: pop(`c${n}`, "offered", 1) });
      state = reducePops(state, { type: "pops/changed", pop: pop(`c${n}`, "closed", 2, { closed_reason: "done" }) });
    }
    expect(state.order).toHaveLength(0);
    expect(state.gone.size).toBe(200);
    expect(state.gone.has("c499")).toBe(true);
  });

  it("brings what the agent chose to the front, if it is there", () => {
    const state = given(pop("a", "talking"), pop("b", "offered"));
    expect(reducePops(state, { type: "pops/front", callId: "b" }).front).toBe("b");
    expect(reducePops(state, { type: "pops/front", callId: "x" })).toBe(state);
  });
});
