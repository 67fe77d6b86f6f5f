/** What matters now about this caller, in one line. */
import {
  IconAlertTriangle,
  IconChecklist,
  IconClockExclamation,
  IconMessage2,
  IconPhoneCall,
  IconPhonePause,
  IconSparkles,
} from "@tabler/icons-react";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import type { Pop } from "../api/types";
import { useFormat } from "../parts/format";
import { Outside, type Tone } from "../parts/parts";
import parts from "../parts/parts.module.css";
import { useDesk } from "../shell/live";
import { nameOf } from "../state/agents";
import { callerKind } from "../state/callers";
import { type Matter, matters } from "../state/matters";
import classes from "./popup.module.css";

const LOOKS: Record<Matter["kind"], { icon: ComponentType<{ size?: number }>; tone: Tone }> = {
  overdue: { icon: IconAlertTriangle, tone: "missed" },
  today: { icon: IconClockExclamation, tone: "ring" },
  promised: { icon: IconPhonePause, tone: "ring" },
  open: { icon: IconChecklist, tone: "wrap" },
  note: { icon: IconMessage2, tone: "calm" },
  talked: { icon: IconPhoneCall, tone: "calm" },
  first: { icon: IconSparkles, tone: "calm" },
};

/** Nothing matters of whom we need not know more: one of us, or one nobody wants. */
const UNASKED = ["spam", "colleague", "mobile", "own_number"];

export function WhatMatters({ pop }: { pop: Pop }) {
  const { t } = useTranslation();
  const format = useFormat();
  const agents = useDesk((desk) => desk.agents);
  const first = matters(pop, Date.now())[0];
  if (!first || UNASKED.includes(callerKind(pop))) return null;
  const { icon: Icon, tone } = LOOKS[first.kind];
  const [lead, text] = words(first);
  return (
    <p className={`${classes.matter} ${parts[tone]}`} data-testid="what-matters" data-kind={first.kind}>
      <span className={classes.matterIcon} aria-hidden>
        <Icon size={18} />
      </span>
      <span className={classes.matterText}>
        <strong>{lead}</strong>
        {text && (
          <>
            {" "}
            <Outside>{text}</Outside>
          </>
        )}
      </span>
    </p>
  );

  function words(matter: Matter): [lead: string, text?: string] {
    switch (matter.kind) {
      case "overdue":
        return [t("matter.overdue", { when: format.moment(matter.task.due_at ?? "") }), matter.task.text];
      case "today":
        return [t("matter.today", { when: format.moment(matter.task.due_at ?? "") }), matter.task.text];
      case "open":
        return [t("matter.open"), matter.task.text];
      case "promised": {
        const { claimed_by: by, since, attempts } = matter.missed;
        const when = format.moment(since);
        return by ? [t("matter.promised", { name: by.name, when })] : [t("matter.waits", { count: attempts, when })];
      }
      case "note":
        return [t("matter.note", { name: matter.note.author.name }), matter.note.text];
      case "talked":
        return [
          t("matter.talked", { name: nameOf(agents, matter.line.agent), when: format.moment(matter.line.at) }),
          matter.line.note || undefined,
        ];
      case "first":
        return [t("pop.noHistory")];
    }
  }
}
