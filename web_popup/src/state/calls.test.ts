import { describe, expect, it } from "vitest";
import { type CallsState, noCalls, reduceCalls } from "./calls";
import { call } from "./fixtures";

const given = (...calls: ReturnType<typeof call>[]) =>
  calls.reduce<CallsState>((state, one) => reduceCalls(state, { type: "calls/changed", call: one }), noCalls);

describe("running calls", () => {
  it("ignores what is older than what it has", () => {
    const state = given(call({ revision: 5, queue: "support" }), call({ revision: 4 }));
    expect(state.running["call-1"]?.queue).toBe("support");
  });

  it("learns whose a call is although the call itself did not change", () => {
    const unknown = call({ revision: 2 });
    const contact = { id: "contact-1", name: "Sabine Krüger" };
    const state = given(unknown, { ...unknown, caller: { ...unknown.caller, contact } });
    expect(state.running["call-1"]?.caller.contact).toEqual(contact);
  });

  it("lets no late message bring back a call that is over", () => {
    const over = call({ revision: 3, ended_at: "2026-11-21T09:01:00Z" });
    const state = given(call({ revision: 2 }), over, call({ revision: 2 }), over);
    expect(state.running).toEqual({});
  });
});
