/** The page's side of the service worker: it keeps the page's own files, shows notifications, and brings new versions. */
import type { Told } from "./told";

const listeners = new Set<() => void>();
let waiting: ServiceWorker | null = null;

let started = false;

/** Hear what the worker tells, until the function it returns is called. */
export function hearWorker(heard: (told: Told) => void): () => void {
  const listen = (event: MessageEvent<Told>) => heard(event.data);
  navigator.serviceWorker?.addEventListener("message", listen);
  return () => navigator.serviceWorker?.removeEventListener("message", listen);
}

/** Start it. Without HTTPS, or where it is forbidden, the page does without. */
export async function startWorker(): Promise<void> {
  if (started || !("serviceWorker" in navigator) || !import.meta.env.PROD) return;
  started = true;
  try {
    const registration = await navigator.serviceWorker.register("/sw.js");
    const found = () => {
      // One that waits though none served this page before is simply the first.
      if (!registration.waiting || !navigator.serviceWorker.controller) return;
      waiting = registration.waiting;
      for (const listener of [...listeners]) listener();
    };
    found();
    registration.addEventListener("updatefound", () => {
      registration.installing?.addEventListener("statechange", found);
    });
  } catch {} // forbidden
}

/** Ask whether there is a new version; it comes by itself once a day otherwise. */
export async function lookForUpdate(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration().catch(() => undefined);
  await registration?.update().catch(() => {});
}

export const updateWaits = (): boolean => waiting !== null;

export function whenUpdateWaits(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Load the new version: in this tab now, and it serves every other one from its next load on. */
export function takeUpdate(): void {
  if (!waiting) {
    location.reload();
    return;
  }
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  waiting.postMessage("activate");
}
