import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { watchSleep } from "./wake";

describe("a page that sleeps", () => {
  const page = Object.assign(new EventTarget(), { visibilityState: "visible" });
  const browser = new EventTarget();
  let heard: string[];
  let stop: () => void;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("document", page);
    vi.stubGlobal("addEventListener", browser.addEventListener.bind(browser));
    vi.stubGlobal("removeEventListener", browser.removeEventListener.bind(browser));
    page.visibilityState = "visible";
    heard = [];
    stop = watchSleep({ stir: () => heard.push("stir"), wake: () => heard.push("wake") });
  });
  afterEach(() => {
    stop();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  /** The clock goes on while no timer runs. */
  const sleep = (ms: number) => vi.setSystemTime(Date.now() + ms);

  it("is noticed by the clock, once", () => {
    vi.advanceTimersByTime(60_000);
    expect(heard).toEqual([]);
    sleep(3_600_000);
    vi.advanceTimersByTime(2_000);
    expect(heard).toEqual(["wake"]);
    vi.advanceTimersByTime(60_000);
    expect(heard).toEqual(["wake"]);
  });

  it("is not one whose timers are slow because nobody looks at it", () => {
    page.visibilityState = "hidden";
    sleep(60_000);
    vi.advanceTimersByTime(2_000);
    expect(heard).toEqual([]);
    page.visibilityState = "visible";
    page.dispatchEvent(new Event("visibilitychange"));
    expect(heard).toEqual(["stir"]);
  });

  it("says so itself when it was frozen, or comes back from the browser's memory", () => {
    page.dispatchEvent(new Event("resume"));
    browser.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
    browser.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: false }));
    browser.dispatchEvent(new Event("online"));
    expect(heard).toEqual(["wake", "wake", "stir"]);
  });

  it("is no longer watched after that was stopped", () => {
    stop();
    page.dispatchEvent(new Event("resume"));
    sleep(3_600_000);
    vi.advanceTimersByTime(10_000);
    expect(heard).toEqual([]);
  });
});
