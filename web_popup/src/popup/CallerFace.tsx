/** The face of a caller: an icon on its colour and a word, so that one glance tells what kind of call this is. */
import {
  IconBan,
  IconBuilding,
  IconBuildingStore,
  IconDeviceMobile,
  IconEyeOff,
  IconHeadset,
  IconSearch,
  IconUserCheck,
  IconUserQuestion,
  IconUsers,
} from "@tabler/icons-react";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import type { Pop } from "../api/types";
import { useFormat } from "../parts/format";
import type { Tone } from "../parts/parts";
import parts from "../parts/parts.module.css";
import { type CallerKind, callerKind } from "../state/callers";
import classes from "./popup.module.css";

const FACES: Record<CallerKind, { icon: ComponentType<{ size?: number }>; tone: Tone | null }> = {
  known: { icon: IconUserCheck, tone: null },
  organization: { icon: IconBuilding, tone: null },
  ambiguous: { icon: IconUsers, tone: "hold" },
  unknown: { icon: IconUserQuestion, tone: "ring" },
  withheld: { icon: IconEyeOff, tone: "calm" },
  colleague: { icon: IconHeadset, tone: "wrap" },
  mobile: { icon: IconDeviceMobile, tone: "wrap" },
  own_number: { icon: IconBuildingStore, tone: "calm" },
  spam: { icon: IconBan, tone: "missed" },
  pending: { icon: IconSearch, tone: "calm" },
};

export function CallerFace({ pop }: { pop: Pop }) {
  const kind = callerKind(pop);
  const { icon: Icon, tone } = FACES[kind];
  return (
    <span
      className={`${classes.face} ${tone ? parts[tone] : classes.faceKnown}`}
      data-testid="caller-face"
      data-kind={kind}
      aria-hidden
    >
      <Icon size={24} />
    </span>
  );
}

/** How we know, or why we do not. */
export function CallerReason({ pop }: { pop: Pop }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { match, spam } = pop;
  const kind = callerKind(pop);
  if (spam) return t("face.spam", { name: spam.marked_by.name, when: format.moment(spam.marked_at) });
  if (kind === "mobile") return t("face.mobile");
  return t(`match.${match.reason}`, { extension: match.direct_dial ?? "" });
}
