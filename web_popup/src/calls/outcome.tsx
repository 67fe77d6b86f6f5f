/** What became of a call, in a word on its colour. */
import { useTranslation } from "react-i18next";
import type { CallOutcome } from "../api/types";
import { Badge, type Tone } from "../parts/parts";

const TONES: Record<CallOutcome, Tone> = {
  answered: "talk",
  missed: "missed",
  abandoned: "missed",
  voicemail: "hold",
  busy: "calm",
  no_answer: "calm",
  failed: "missed",
};

const isOutcome = (text: string): text is CallOutcome => text in TONES;

/** Whether somebody who called and got this waits for a call back. */
export const isMissed = (outcome: string | null) =>
  outcome === "missed" || outcome === "abandoned" || outcome === "voicemail" || outcome === "busy";

export function CallOutcomeBadge({ outcome }: { outcome: string | null }) {
  const { t } = useTranslation();
  if (outcome === null) return <Badge tone="ring">{t("outcome.running")}</Badge>;
  return isOutcome(outcome) ? <Badge tone={TONES[outcome]}>{t(`outcome.${outcome}`)}</Badge> : null;
}
