/** The agent who looks at the page: what they may do, and what they asked for until the PBX has done it. */
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import { ProblemError } from "../api/errors";
import type { Agent, PauseReason } from "../api/types";
import { useProblemText } from "../parts/parts";
import { useDesk } from "../shell/live";
import { agentAt } from "../state/agents";
import { reasonWords } from "./people";

const UNCONFIRMED_AFTER_MS = 10_000;
const NO_REASONS: readonly PauseReason[] = [];

/** This page's own agent; undefined for who takes no calls. */
export const useOwnAgent = (): Agent | undefined => useDesk((desk) => agentAt(desk.agents, desk.extension));

export const useOwnDesk = () =>
  useQuery({
    queryKey: ["agents", "me"],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/agents/me", { signal })),
    staleTime: 300_000,
  });

/** Words for a reason as the PBX has it. */
export function useReasonWords(): (value: string | null) => string | null {
  const { t, i18n } = useTranslation();
  const reasons = useOwnDesk().data?.pause_reasons ?? NO_REASONS;
  return (value) => reasonWords(value, reasons, i18n.language, t("agentState.wrap_up"));
}

const OWN_PROBLEMS = ["fixed_member", "not_in_queue", "queue_failed"] as const;

/**
 * One wish at a time: it is pending from asking until `isSo`, for only the PBX's own word counts.
 * If that does not come, the wish is given up and the user told.
 */
export function useWish<W>(send: (wish: W) => Promise<unknown>, isSo: (wish: W) => boolean) {
  const { t } = useTranslation();
  const problemText = useProblemText();
  const [wish, setWish] = useState<W | null>(null);
  const fulfilled = wish !== null && isSo(wish);

  useEffect(() => {
    if (fulfilled) setWish(null);
  }, [fulfilled]);

  useEffect(() => {
    if (wish === null) return;
    const timer = setTimeout(() => {
      setWish(null);
      notifications.show({ color: "orange", title: t("queues.unconfirmed"), message: t("queues.unconfirmedHint") });
    }, UNCONFIRMED_AFTER_MS);
    return () => clearTimeout(timer);
  }, [wish, t]);

  const ask = useCallback(
    (wanted: W) => {
      setWish(wanted);
      send(wanted).catch((error: unknown) => {
        setWish(null);
        const known = OWN_PROBLEMS.find((code) => error instanceof ProblemError && error.code === code);
        const message = known ? t(`queues.problem.${known}`) : problemText(error);
        notifications.show({ color: "red", title: t("problem.title"), message });
      });
    },
    [send, t, problemText],
  );
  return { ask, pending: fulfilled ? null : wish };
}
