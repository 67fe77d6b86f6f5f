/** What an agent is doing, in a word on its colour. */
import { useTranslation } from "react-i18next";
import type { AgentState } from "../api/types";
import { Badge, type Tone } from "../parts/parts";

export const TONES: Record<AgentState, Tone> = {
  ready: "talk",
  ringing: "ring",
  busy: "missed",
  wrap_up: "wrap",
  not_ready: "hold",
  logged_off: "calm",
};

export function AgentBadge({ state }: { state: AgentState }) {
  const { t } = useTranslation();
  return <Badge tone={TONES[state]}>{t(`agentState.${state}`)}</Badge>;
}
