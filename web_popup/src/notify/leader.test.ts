import { afterEach, describe, expect, it, vi } from "vitest";
import { Election } from "./leader";

const open: (() => void)[] = [];
let name = 0;

function tab(channel: string) {
  const state = { leads: false, stop: () => {} };
  state.stop = new Election((leads) => {
    state.leads = leads;
  }, channel).start();
  open.push(state.stop);
  return state;
}

afterEach(() => {
  for (const stop of open.splice(0)) stop();
});

const settled = (check: () => void) => vi.waitFor(check, { timeout: 5000, interval: 20 });

describe("tabs without Web Locks", () => {
  it("choose one leader, and another when that one is closed", async () => {
    const channel = `test-${name++}`;
    const tabs = [tab(channel), tab(channel), tab(channel)];
    await settled(() => expect(tabs.filter((one) => one.leads)).toHaveLength(1));
    const first = tabs.find((one) => one.leads);
    first?.stop();
    if (first) first.leads = false;
    await settled(() => expect(tabs.filter((one) => one.leads)).toHaveLength(1));
  });

  it("do not take the lead from the one that has it", async () => {
    const channel = `test-${name++}`;
    const first = tab(channel);
    await settled(() => expect(first.leads).toBe(true));
    const second = tab(channel);
    await new Promise((resolve) => setTimeout(resolve, 1100)); // longer than it waits for an answer
    expect([first.leads, second.leads]).toEqual([true, false]);
  });
});
