/** Exactly one tab of a browser leads: only that one makes itself heard. */

/** Calls `lead` once this tab is the one. Returns how to step down. Without Web Locks (no HTTPS) every tab leads. */
export function leadOneTab(lead: () => void): () => void {
  if (!("locks" in navigator)) {
    lead();
    return () => {};
  }
  const stop = new AbortController();
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  navigator.locks
    .request("cti-crm.leader", { signal: stop.signal }, () => {
      if (stop.signal.aborted) return;
      lead();
      return held;
    })
    .catch(() => {}); // stepped down while waiting
  return () => {
    stop.abort();
    release();
  };
}
