/** Notifications of the browser: with buttons where a service worker shows them, plain ones elsewhere. */
import { preferences } from "../settings/preferences";
import type { Told } from "./told";

export type Permission = "granted" | "denied" | "default" | "missing";

export const permission = (): Permission => ("Notification" in window ? Notification.permission : "missing");
export const notificationsWanted = () => permission() === "granted" && preferences().notifications;

export interface Notice {
  id: string;
  title: string;
  body: string;
  told: Omit<Told, "action">;
  buttons: readonly { action: Told["action"]; title: string }[];
  /** Stays until it is answered. */
  lasting: boolean;
}

// TypeScript's own types lack what only service workers may use.
interface LastingOptions extends NotificationOptions {
  actions: readonly { action: string; title: string }[];
}

/** Show it; `chosen` is called for a click on a plain one. Returns how to take it away. */
export function notify(notice: Notice, chosen: (told: Told) => void): () => void {
  let gone = false;
  let plain: Notification | undefined;
  const options: NotificationOptions = {
    body: notice.body,
    tag: notice.id,
    icon: "/icon-192.png",
    silent: preferences().chime !== null,
    requireInteraction: notice.lasting,
    data: notice.told,
  };
  const showPlain = () => {
    if (gone) return;
    plain = new Notification(notice.title, options);
    plain.onclick = () => {
      window.focus();
      chosen({ ...notice.told, action: "show" });
      plain?.close();
    };
  };
  registration().then(
    (worker) =>
      worker && !gone
        ? worker
            .showNotification(notice.title, { ...options, actions: notice.buttons } as LastingOptions)
            .then(() => (gone ? takeAway(notice.id) : undefined), showPlain)
        : showPlain(),
    showPlain,
  );
  return () => {
    gone = true;
    plain?.close();
    void takeAway(notice.id);
  };
}

async function registration(): Promise<ServiceWorkerRegistration | undefined> {
  if (!("serviceWorker" in navigator)) return undefined;
  const found = await navigator.serviceWorker.getRegistration();
  return found?.active ? found : undefined;
}

async function takeAway(tag: string): Promise<void> {
  const worker = await registration().catch(() => undefined);
  for (const shown of (await worker?.getNotifications({ tag })) ?? []) shown.close();
}
