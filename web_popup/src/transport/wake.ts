/** Notices that the page was asleep: frozen by the browser, or with the whole machine. No React. */

const TICK_MS = 2000;
const ASLEEP_MS = 10_000;

export interface WakeHandlers {
  /** The page is looked at again, or the network is back: is the connection still alive? */
  stir(): void;
  /** The page slept: nothing it believes of the connection need be true. */
  wake(): void;
}

/** Watches until the function it returns is called. Nothing tells of a sleep; but timers stand still in it. */
export function watchSleep(handlers: WakeHandlers): () => void {
  let last = Date.now();
  const tick = () => {
    const slept = Date.now() - last > ASLEEP_MS;
    last = Date.now();
    // The timers of a hidden tab are slowed down to one a minute: that is no sleep.
    if (slept && document.visibilityState === "visible") handlers.wake();
  };
  const shown = () => {
    if (document.visibilityState !== "visible") return;
    last = Date.now();
    handlers.stir();
  };
  const resumed = () => {
    last = Date.now();
    handlers.wake();
  };
  const back = (event: PageTransitionEvent) => event.persisted && resumed();
  const timer = setInterval(tick, TICK_MS);
  document.addEventListener("visibilitychange", shown);
  document.addEventListener("resume", resumed);
  addEventListener("pageshow", back);
  addEventListener("online", handlers.stir);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", shown);
    document.removeEventListener("resume", resumed);
    removeEventListener("pageshow", back);
    removeEventListener("online", handlers.stir);
  };
}
