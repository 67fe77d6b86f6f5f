/** What one can do with a line: shown at once, taken back if the service says otherwise, undone with one key. */
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, okOrNull } from "../api/client";
import { ProblemError } from "../api/errors";
import { showMissedCall, stale } from "../api/queries";
import type { DoneReason, MissedCall } from "../api/types";
import { useDial } from "../parts/dial";
import { useProblemText } from "../parts/parts";
import { useLive } from "../shell/live";
import { callerName } from "./lines";

export interface Undo {
  text: string;
  run: () => void;
}

const UNDO_MS = 20_000;

const path = (line: MissedCall) => ({ path: { line_id: line.id } });
const send = {
  claim: (line: MissedCall, insteadOf: string | null) =>
    ok(api.PUT("/api/v1/missed-calls/{line_id}/claim", { params: path(line), body: { instead_of: insteadOf } })),
  release: (line: MissedCall) => ok(api.PUT("/api/v1/missed-calls/{line_id}/release", { params: path(line) })),
  done: (line: MissedCall, reason: DoneReason | null, remark: string) =>
    ok(
      api.PUT("/api/v1/missed-calls/{line_id}/done", {
        params: path(line),
        body: { version: line.version, reason, remark },
      }),
    ),
  snooze: (line: MissedCall, until: string | null) =>
    ok(api.PUT("/api/v1/missed-calls/{line_id}/snooze", { params: path(line), body: { until } })),
  reopen: (line: MissedCall) => ok(api.PUT("/api/v1/missed-calls/{line_id}/reopen", { params: path(line) })),
  read: (id: string) => okOrNull(api.GET("/api/v1/missed-calls/{line_id}", { params: { path: { line_id: id } } })),
};

export function useMissedActions() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const problemText = useProblemText();
  const conflictText = useConflictText();
  const { session } = useLive();
  const { dial } = useDial();
  const [undo, setUndo] = useState<Undo | null>(null);
  /** What is under way, by line: the next thing waits for it, the same thing again is not done twice. */
  const underWay = useRef(new Map<string, { what: string; end: Promise<MissedCall | null> }>());

  useEffect(() => {
    if (!undo) return;
    const timer = setTimeout(() => setUndo(null), UNDO_MS);
    return () => clearTimeout(timer);
  }, [undo]);

  const act = useCallback(
    (
      what: string,
      line: MissedCall,
      expected: Partial<MissedCall>,
      request: (line: MissedCall) => Promise<MissedCall>,
    ): Promise<MissedCall | null> => {
      const before = underWay.current.get(line.id);
      if (before?.what === what) return Promise.resolve(null);
      setUndo(null);
      showMissedCall(queries, { ...line, ...expected });
      const attempt = async () => {
        const latest = (await before?.end) ?? line;
        try {
          const after = await request(latest);
          if (after.id === line.id) showMissedCall(queries, after);
          else stale(queries, ["missed-calls"]);
          return after;
        } catch (error) {
          showMissedCall(queries, latest);
          const conflict = error instanceof ProblemError && error.status === 409;
          const now = conflict ? await send.read(line.id).catch(() => null) : null;
          if (now) showMissedCall(queries, now);
          else stale(queries, ["missed-calls"]);
          notifications.show({
            color: conflict ? "yellow" : "red",
            title: callerName(line) ?? t("pop.withheld"),
            message: now ? conflictText(line, now) : problemText(error),
          });
          return null;
        }
      };
      const end = attempt();
      underWay.current.set(line.id, { what, end });
      void end.finally(() => underWay.current.get(line.id)?.end === end && underWay.current.delete(line.id));
      return end;
    },
    [queries, t, problemText, conflictText],
  );

  return useMemo(() => {
    const me = { id: session.user.id, name: session.user.name };
    const name = (line: MissedCall) => callerName(line) ?? t("pop.withheld");
    const now = () => new Date().toISOString();
    const back = { closed_at: null, closed_how: null, closed_by: null, closed_agent: null, reason: null, remark: "" };

    const claim = async (line: MissedCall, insteadOf: string | null = null) => {
      const after = await act("claim", line, { claimed_by: me, claimed_at: now() }, (latest) =>
        send.claim(latest, insteadOf),
      );
      if (after) setUndo({ text: t("missed.undo.claim", { name: name(line) }), run: () => void release(after) });
      return after;
    };
    const release = async (line: MissedCall) => {
      const after = await act("release", line, { claimed_by: null, claimed_at: null }, send.release);
      if (after) setUndo({ text: t("missed.undo.release", { name: name(line) }), run: () => void claim(after) });
    };
    const done = async (line: MissedCall, reason: DoneReason | null = null, remark = "") => {
      const expected = { closed_at: now(), closed_how: "done" as const, closed_by: me, reason, remark };
      const after = await act("done", line, expected, (latest) => send.done(latest, reason, remark));
      if (after) setUndo({ text: t("missed.undo.done", { name: name(line) }), run: () => void reopen(after) });
    };
    const reopen = (line: MissedCall) => act("reopen", line, back, send.reopen);
    const snooze = async (line: MissedCall, until: string | null) => {
      const after = await act("snooze", line, { snoozed_until: until, snoozed_by: until ? me : null }, (latest) =>
        send.snooze(latest, until),
      );
      if (after && until)
        setUndo({ text: t("missed.undo.snooze", { name: name(line) }), run: () => void snooze(after, null) });
    };
    /** The claim first: nobody else calls the same caller while the phone rings here. */
    const callBack = async (line: MissedCall) => {
      if (line.number === null) return;
      const claimed = await claim(line);
      if (claimed) dial(line.number, line.contact?.id);
    };
    return { claim, release, done, reopen, snooze, callBack, undo };
  }, [act, dial, session.user, t, undo]);
}

export type MissedActions = ReturnType<typeof useMissedActions>;

/** Why a line could not be had: a colleague was faster, somebody talked with them, or they called again. */
function useConflictText(): (seen: MissedCall, now: MissedCall) => string {
  const { t, i18n } = useTranslation();
  const { session } = useLive();
  return useCallback(
    (seen, now) => {
      if (now.closed_at !== null) return t("missed.conflict.closed");
      if (now.claimed_by && now.claimed_by.id !== session.user.id) {
        const seconds = Math.max(0, Math.round((Date.now() - Date.parse(now.claimed_at ?? "")) / 1000));
        const relative = new Intl.RelativeTimeFormat(i18n.language, { numeric: "always", style: "short" });
        const when =
          seconds < 90 ? relative.format(-seconds, "second") : relative.format(-Math.round(seconds / 60), "minute");
        return t("missed.conflict.claimed", { name: now.claimed_by.name, when });
      }
      if (now.attempt_count > seen.attempt_count) return t("missed.conflict.calledAgain");
      return t("problem.conflict");
    },
    [t, i18n.language, session.user.id],
  );
}
