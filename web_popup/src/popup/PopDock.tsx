/** The dock: on every screen, beside the page and never over it. One call in front, the others in a tray. */
import { useMediaQuery } from "@mantine/hooks";
import { type FocusEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Pop } from "../api/types";
import { Badge, Outside } from "../parts/parts";
import { dispatch, useDesk } from "../shell/live";
import { useShortcuts } from "../shell/shortcuts";
import { PopCard } from "./PopCard";
import classes from "./popup.module.css";
import { StateBadge } from "./StateBadge";
import { usePopName } from "./words";

const NARROW = "(max-width: 48em)";
const isField = (element: Element | null) => element?.matches("input, textarea, select, [contenteditable]") ?? false;

export default function PopDock() {
  const { t } = useTranslation();
  const pops = useDesk((desk) => desk.pops);
  const dock = useRef<HTMLElement>(null);
  const narrow = useMediaQuery(NARROW) ?? false;
  const [collapsed, setCollapsed] = useState(false);
  const front = pops.front === null ? undefined : pops.byId[pops.front];
  const tray = pops.order.filter((id) => id !== pops.front).flatMap((id) => pops.byId[id] ?? []);
  const frontId = front?.call.id;

  // A new call on a small screen must not take the room of what is being typed.
  useEffect(() => {
    const active = document.activeElement;
    const typingElsewhere = isField(active) && !dock.current?.contains(active);
    setCollapsed(frontId !== undefined && narrow && typingElsewhere);
  }, [frontId, narrow]);
  useEffect(() => {
    const focused = (event: globalThis.FocusEvent) => {
      const target = event.target as Element;
      if (narrow && isField(target) && !dock.current?.contains(target)) setCollapsed(true);
    };
    document.addEventListener("focusin", focused);
    return () => document.removeEventListener("focusin", focused);
  }, [narrow]);

  // Dialogs keep clear of the room the dock takes.
  const open = front !== undefined;
  useEffect(() => {
    const element = dock.current;
    if (!open || !element) return;
    const { style } = document.documentElement;
    const observer = new ResizeObserver(() => {
      const room = element.getBoundingClientRect();
      style.setProperty("--dock-width", narrow ? "0px" : `${room.width}px`);
      style.setProperty("--dock-height", narrow ? `${window.innerHeight - room.top}px` : "0px");
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      style.removeProperty("--dock-width");
      style.removeProperty("--dock-height");
    };
  }, [open, narrow]);

  useShortcuts({
    "Alt+X": () => tray[0] && dispatch({ type: "pops/front", callId: tray[0].call.id }),
    "Alt+M": () => setCollapsed((is) => !is),
    "Alt+P": () => {
      setCollapsed(false);
      dock.current?.querySelector<HTMLElement>("h2")?.focus();
    },
  });

  const engage = (event: FocusEvent) =>
    dispatch({ type: "pops/engaged", engaged: event.type === "focus" && isField(event.target) });

  return (
    <>
      <Announcer pops={pops.order.flatMap((id) => pops.byId[id] ?? [])} />
      {front && (
        <section
          ref={dock}
          className={classes.dock}
          aria-label={t("pop.region")}
          onFocus={engage}
          onBlur={engage}
          data-gone={(front.state === "closed" && tray.length === 0) || undefined}
          data-testid="dock"
        >
          {tray.length > 0 && <Tray pops={tray} collapsed={collapsed} />}
          <PopCard key={front.call.id} pop={front} collapsed={collapsed} toggle={() => setCollapsed((is) => !is)} />
        </section>
      )}
    </>
  );
}

function Tray({ pops, collapsed }: { pops: Pop[]; collapsed: boolean }) {
  const { t } = useTranslation();
  const name = usePopName();
  return (
    <div className={classes.tray} data-testid="tray">
      <Badge tone="calm">{t("pop.more", { count: pops.length })}</Badge>
      {!collapsed &&
        pops.map((pop) => (
          <button
            type="button"
            key={pop.call.id}
            className={classes.chip}
            onClick={() => dispatch({ type: "pops/front", callId: pop.call.id })}
          >
            <span className={classes.chipName}>
              <Outside>{name(pop)}</Outside>
            </span>
            <StateBadge pop={pop} />
          </button>
        ))}
    </div>
  );
}

/** Tells a screen reader of each new call, politely and once. */
function Announcer({ pops }: { pops: Pop[] }) {
  const { t } = useTranslation();
  const name = usePopName();
  const known = useRef(new Set<string>());
  const [text, setText] = useState("");
  useEffect(() => {
    for (const pop of pops) {
      if (pop.state !== "offered" || known.current.has(pop.call.id)) continue;
      const line = pop.call.queue;
      setText(line ? t("pop.announceLine", { name: name(pop), line }) : t("pop.announce", { name: name(pop) }));
    }
    known.current = new Set(pops.map((pop) => pop.call.id));
  }, [pops, name, t]);
  return (
    <div className="visually-hidden" aria-live="polite" data-testid="announcer">
      {text}
    </div>
  );
}
