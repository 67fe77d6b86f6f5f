/** The browser's offer to install the page; it comes once, soon after loading, and is kept until it is wanted. */

/** https://developer.mozilla.org/docs/Web/API/BeforeInstallPromptEvent; TypeScript does not know it. */
export interface InstallOffer extends Event {
  prompt(): Promise<{ outcome: "accepted" | "dismissed" }>;
}

let offer: InstallOffer | null = null;
const listeners = new Set<() => void>();

function change(to: InstallOffer | null): void {
  offer = to;
  for (const listener of [...listeners]) listener();
}

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault(); // no bar of the browser's own over the desk
  change(event as InstallOffer);
});
addEventListener("appinstalled", () => change(null));

export const installOffer = (): InstallOffer | null => offer;

export function whenInstallOffered(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
