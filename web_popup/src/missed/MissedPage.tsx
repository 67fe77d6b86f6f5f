/** Who waits for a call back: one line a caller, worked off with the mouse or with single keys. */
import { Button, Kbd } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconArrowBackUp, IconMoodSmile, IconPhoneIncoming } from "@tabler/icons-react";
import { lazy, Suspense, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useMissedCalls } from "../api/queries";
import type { MissedCall } from "../api/types";
import { useNow } from "../parts/format";
import { Empty, Pages, PageTitle } from "../parts/parts";
import { useLive } from "../shell/live";
import { useShortcuts } from "../shell/shortcuts";
import { type MissedActions, useMissedActions } from "./actions";
import { type Chosen, filterOf, fromAddress, isNarrowed, NOTHING_CHOSEN, toAddress, wantedState } from "./filters";
import { belongs, stateOf } from "./lines";
import { MissedFilters } from "./MissedFilters";
import { MissedRow } from "./MissedRow";
import classes from "./missed.module.css";

const LureDialog = lazy(() => import("./LureDialog"));
const MINUTE = 60_000;

export default function MissedPage() {
  const { t } = useTranslation();
  const { session } = useLive();
  const [params, setParams] = useSearchParams();
  const chosen = fromAddress(params);
  const [q] = useDebouncedValue(chosen.q, 200);
  const address = params.toString();
  const filter = useMemo(() => filterOf({ ...fromAddress(new URLSearchParams(address)), q }, new Date()), [address, q]);
  const query = useMissedCalls(filter);
  const actions = useMissedActions();
  const minute = Math.floor(useNow() / MINUTE) * MINUTE; // lines put off come back by themselves
  const choose = (next: Chosen) => setParams(toAddress(next), { replace: true });
  const shown = useMemo(() => {
    if (!query.data) return query;
    const wanted = wantedState(chosen);
    const now = Math.max(minute, Date.now());
    const pages = query.data.pages.map((page) => ({
      ...page,
      items: page.items.filter((line) => belongs(line, wanted, session.user.id, now)),
    }));
    return { ...query, data: { ...query.data, pages } } as typeof query;
  }, [query, chosen, session.user.id, minute]);

  return (
    <>
      <PageTitle title={t("missed.title")} />
      <MissedFilters chosen={chosen} choose={choose} />
      <Pages query={shown} empty={<NobodyWaits chosen={chosen} all={() => choose(NOTHING_CHOSEN)} />}>
        {(lines) => <Lines lines={lines} actions={actions} />}
      </Pages>
      <UndoBar actions={actions} />
    </>
  );
}

function NobodyWaits({ chosen, all }: { chosen: Chosen; all: () => void }) {
  const { t } = useTranslation();
  const narrowed = isNarrowed(chosen);
  const Icon = narrowed || chosen.state !== "open" ? IconPhoneIncoming : IconMoodSmile;
  const title = narrowed ? t("missed.emptyFiltered") : t(`missed.empty.${chosen.state}`);
  return (
    <Empty icon={<Icon size={40} stroke={1.3} />} title={title}>
      {(narrowed || chosen.state !== "open") && (
        <Button variant="subtle" onClick={all}>
          {t("missed.showOpen")}
        </Button>
      )}
    </Empty>
  );
}

function Lines({ lines, actions }: { lines: MissedCall[]; actions: MissedActions }) {
  const { t } = useTranslation();
  const { session } = useLive();
  const list = useRef<HTMLUListElement>(null);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [openedId, setOpenedId] = useState<string | null>(null);
  const [snoozingId, setSnoozingId] = useState<string | null>(null);
  const [lure, setLure] = useState<MissedCall | null>(null);
  const place = Math.max(
    0,
    lines.findIndex((line) => line.id === chosenId),
  );
  const current = lines[place];

  const callBack = (line: MissedCall) => {
    if (line.lure.length > 0) setLure(line);
    else void actions.callBack(line);
  };
  const go = (to: number) => {
    const line = lines[Math.min(lines.length - 1, Math.max(0, to))];
    if (!line) return;
    setChosenId(line.id);
    list.current?.querySelector<HTMLElement>(`[data-line="${line.id}"]`)?.focus();
  };
  /** The keys of the list are for the list: not for a dialog, a menu, or the calls beside it. */
  const here = (action: (line: MissedCall) => void) => () => {
    const focus = document.activeElement;
    const elsewhere = focus !== null && focus !== document.body && !focus.closest("main");
    if (current && !elsewhere && !document.querySelector("[role=dialog], [role=menu]")) action(current);
  };
  const open = (action: (line: MissedCall) => void) =>
    here((line) => stateOf(line, Date.now()) !== "done" && action(line));
  const toggle = (line: MissedCall) => setOpenedId((id) => (id === line.id ? null : line.id));

  useShortcuts({
    ArrowDown: here(() => go(list.current?.contains(document.activeElement) ? place + 1 : place)),
    ArrowUp: here(() => go(place - 1)),
    c: open((line) => void (line.claimed_by?.id === session.user.id ? actions.release(line) : actions.claim(line))),
    d: open(callBack),
    x: open((line) => void actions.done(line)),
    s: open((line) => setSnoozingId(line.id)),
  });

  return (
    <>
      <ul
        ref={list}
        className={classes.list}
        aria-label={t("missed.title")}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !(event.target as HTMLElement).matches("[data-line]") || !current) return;
          event.preventDefault();
          toggle(current);
        }}
      >
        {lines.map((line) => (
          <li key={line.id}>
            <MissedRow
              line={line}
              chosen={line.id === current?.id}
              choose={() => setChosenId(line.id)}
              opened={line.id === openedId}
              toggle={() => toggle(line)}
              snoozing={line.id === snoozingId}
              setSnoozing={(on) => setSnoozingId(on ? line.id : null)}
              callBack={callBack}
              actions={actions}
            />
          </li>
        ))}
      </ul>
      <Suspense>
        {lure && (
          <LureDialog
            line={lure}
            close={() => setLure(null)}
            callBack={() => {
              void actions.callBack(lure);
              setLure(null);
            }}
            unwanted={() => {
              void actions.done(lure, "unwanted");
              setLure(null);
            }}
          />
        )}
      </Suspense>
    </>
  );
}

function UndoBar({ actions: { undo } }: { actions: MissedActions }) {
  const { t } = useTranslation();
  useShortcuts({ u: () => undo?.run() });
  return (
    <div className={classes.undoPlace} role="status">
      {undo && (
        <div className={classes.undo}>
          <span>{undo.text}</span>
          <Button size="compact-sm" variant="subtle" leftSection={<IconArrowBackUp size={16} />} onClick={undo.run}>
            {t("missed.undo.button")}
          </Button>
          <Kbd>U</Kbd>
        </div>
      )}
    </div>
  );
}
