/** The state of a pop in a word. */
import { useTranslation } from "react-i18next";
import type { Pop } from "../api/types";
import { Badge, type Tone } from "../parts/parts";
import { useDesk } from "../shell/live";
import { nameOf } from "../state/agents";
import { heldBy } from "../state/progress";

export type Face = Pop["state"] | "held";

export function faceOf(pop: Pop): Face {
  return pop.state === "talking" && heldBy(pop.call) !== null ? "held" : pop.state;
}

const TONES: Record<Face, Tone> = {
  offered: "ring",
  dialling: "ring",
  talking: "talk",
  held: "hold",
  wrap_up: "wrap",
  closed: "calm",
};

export function StateBadge({ pop }: { pop: Pop }) {
  const { t } = useTranslation();
  const closed = useClosedText();
  const face = faceOf(pop);
  return <Badge tone={TONES[face]}>{face === "closed" ? closed(pop) : t(`pop.state.${face}`)}</Badge>;
}

/** Why a pop went away, in words. */
export function useClosedText(): (pop: Pop) => string {
  const { t } = useTranslation();
  const agents = useDesk((desk) => desk.agents);
  return (pop) => {
    const who = nameOf(agents, pop.closed_by);
    switch (pop.closed_reason) {
      case "answered_elsewhere":
        return who ? t("closed.answered_elsewhere", { name: who }) : t("closed.answered_elsewhere_unknown");
      case "transferred":
        return who ? t("closed.transferredTo", { name: who }) : t("closed.transferred");
      case null:
        return t("pop.state.closed");
      default:
        return t(`closed.${pop.closed_reason}`);
    }
  };
}
