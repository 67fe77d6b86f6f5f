/** The one door by which the page makes itself heard: browser notification and title, from the leading tab only. */
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Pop } from "../api/types";
import { usePopName } from "../popup/words";
import { dispatch, useDesk } from "../shell/live";

const WANTED = "cti-crm.notifications";
export type Permission = "granted" | "denied" | "default" | "missing";

export const permission = (): Permission => ("Notification" in window ? Notification.permission : "missing");
export const notificationsWanted = () => permission() === "granted" && localStorage.getItem(WANTED) !== "off";

/** Switch notifications on (the browser may ask the user) or off. Returns whether they are on. */
export async function wantNotifications(on: boolean): Promise<boolean> {
  localStorage.setItem(WANTED, on ? "on" : "off");
  if (on && permission() === "default") await Notification.requestPermission();
  return notificationsWanted();
}

const TITLE = "cti-crm";

/** Watches for calls offered to this agent. Shows nothing itself. */
export function Notify() {
  const { t } = useTranslation();
  const name = usePopName();
  const leading = useDesk((desk) => desk.leading);
  const pops = useDesk((desk) => desk.pops);
  const shown = useRef(new Map<string, Notification | null>());
  const ringing = pops.order.flatMap((id) => (pops.byId[id]?.state === "offered" ? [pops.byId[id] as Pop] : []));

  useEffect(() => {
    const first = ringing[0];
    if (!leading || !first) document.title = TITLE;
    else if (ringing.length === 1) document.title = t("notify.title", { name: name(first) });
    else document.title = t("notify.titleCount", { name: name(first), count: ringing.length });

    for (const [id, notification] of shown.current) {
      if (ringing.some((pop) => pop.call.id === id)) continue;
      notification?.close();
      shown.current.delete(id);
    }
    for (const pop of ringing) {
      if (shown.current.has(pop.call.id)) continue;
      shown.current.set(pop.call.id, leading ? notifyOf(pop, t("notify.title", { name: name(pop) })) : null);
    }
  });

  return null;
}

function notifyOf(pop: Pop, title: string): Notification | null {
  if (!notificationsWanted() || document.hasFocus()) return null;
  const body = [pop.match.organization?.name, pop.call.caller.display, pop.call.queue].filter(Boolean).join(" · ");
  const notification = new Notification(title, { body, tag: pop.call.id, icon: "/favicon.svg" });
  notification.onclick = () => {
    window.focus();
    dispatch({ type: "pops/front", callId: pop.call.id });
    notification.close();
  };
  return notification;
}
