/** One wish at a time: asked of the PBX, waiting until the call itself says what became of it, or for too long. */
import { notifications } from "@mantine/notifications";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import { ProblemError } from "../api/errors";
import type { Pop } from "../api/types";
import { useProblemText } from "../parts/parts";
import { type Standing, standingOf } from "./standing";

export type Deed =
  | "hold"
  | "mute"
  | "transfer"
  | "consult"
  | "conference"
  | "complete"
  | "back"
  | "join"
  | "park"
  | "retrieve";

/** A number that more digits could follow is dialled only after the PBX has waited for them. */
const PATIENCE_MS = 10_000;

const REFUSALS = [
  "refused",
  "silent",
  "not_permitted",
  "not_set_up",
  "call_over",
  "unknown_number",
  "held_by_phone",
  "asking",
  "asking_nobody",
  "being_asked",
  "no_part",
  "not_talking",
  "not_parked",
  "not_ringing",
  "own_phone_rings",
] as const;

/** Why the telephone system did not do it, in the user's language. */
export function useRefusalText(): (error: unknown) => string {
  const { t } = useTranslation();
  const problemText = useProblemText();
  return (error) => {
    if (!(error instanceof ProblemError)) return problemText(error);
    if (error.code === "not_found") return t("control.refused.call_over");
    if (error.code === "invalid_input") return t("control.refused.unknown_number");
    const known = REFUSALS.find((one) => `control_${one}` === error.code);
    return known ? t(`control.refused.${known}`) : problemText(error);
  };
}

export interface Control {
  standing: Standing;
  /** What was asked for and is not yet told by the call. */
  pending: Deed | null;
  /** `done`: how the call stands when it was done. Nothing happens while something is pending. */
  ask(deed: Deed, send: () => Promise<unknown>, done: (now: Standing) => boolean): void;
  /** Says in words that something was not done. */
  fail(deed: Deed, error: unknown): void;
}

export function useControl(pop: Pop): Control {
  const { t } = useTranslation();
  const refusalText = useRefusalText();
  const standing = standingOf(pop.call, pop.agent_extension);
  const [wish, setWish] = useState<{ deed: Deed; done: (now: Standing) => boolean } | null>(null);
  const busy = useRef(false);
  const words = useRef({ t, refusalText });
  words.current = { t, refusalText };

  const settle = useCallback(() => {
    busy.current = false;
    setWish(null);
  }, []);

  const fail: Control["fail"] = (deed, error) => {
    const { t, refusalText } = words.current;
    notifications.show({ color: "red", title: t(`control.failed.${deed}`), message: refusalText(error) });
  };

  const ask: Control["ask"] = (deed, send, done) => {
    if (busy.current) return;
    busy.current = true;
    setWish({ deed, done });
    send().catch((error: unknown) => {
      settle();
      fail(deed, error);
    });
  };

  const happened = wish?.done(standing) === true;
  useEffect(() => {
    if (happened) settle();
  }, [happened, settle]);

  useEffect(() => {
    if (!wish || happened) return;
    const timer = setTimeout(() => {
      settle();
      const { t } = words.current;
      notifications.show({
        color: "red",
        title: t(`control.failed.${wish.deed}`),
        message: t("control.nothingHappened"),
      });
    }, PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [wish, happened, settle]);

  return { standing, pending: happened ? null : (wish?.deed ?? null), ask, fail };
}

/** The wishes, as they are sent. */
export function wishesFor(callId: string) {
  const params = { path: { call_id: callId } };
  return {
    hold: () => ok(api.POST("/api/v1/calls/{call_id}/hold", { params })),
    resume: () => ok(api.POST("/api/v1/calls/{call_id}/resume", { params })),
    mute: () => ok(api.POST("/api/v1/calls/{call_id}/mute", { params })),
    unmute: () => ok(api.POST("/api/v1/calls/{call_id}/unmute", { params })),
    transfer: (to: string) =>
      ok(api.POST("/api/v1/calls/{call_id}/transfer", { params, body: { to, ask_first: false } })),
    consult: (to: string) =>
      ok(api.POST("/api/v1/calls/{call_id}/transfer", { params, body: { to, ask_first: true } })),
    conference: (to: string) => ok(api.POST("/api/v1/calls/{call_id}/conference", { params, body: { to } })),
    join: () => ok(api.POST("/api/v1/calls/{call_id}/conference", { params, body: { to: null } })),
    complete: () => ok(api.POST("/api/v1/calls/{call_id}/complete-transfer", { params })),
    back: () => ok(api.POST("/api/v1/calls/{call_id}/cancel-transfer", { params })),
    park: () => ok(api.POST("/api/v1/calls/{call_id}/park", { params })),
    retrieve: () => ok(api.POST("/api/v1/calls/{call_id}/retrieve", { params })),
    keys: (digits: string) => ok(api.POST("/api/v1/calls/{call_id}/dtmf", { params, body: { digits } })),
  };
}
