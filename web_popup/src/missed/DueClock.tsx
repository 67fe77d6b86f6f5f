/** The ticking clock of a line: when to call back at the latest, or who does what with it. */
import { IconAlarm, IconAlertTriangle, IconCheck, IconClockPause, IconPhoneCall } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { MissedCall } from "../api/types";
import { useFormat, useNow } from "../parts/format";
import { Badge, Outside, type Tone } from "../parts/parts";
import { useDesk } from "../shell/live";
import { nameOf } from "../state/agents";
import { amountText, type DueTone, dueOf, isFar } from "./due";
import { stateOf } from "./lines";

const TONES: Record<DueTone, Tone> = { calm: "calm", soon: "ring", late: "missed" };

export function DueClock({ line }: { line: MissedCall }) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const format = useFormat();
  switch (stateOf(line, now)) {
    case "done":
      return <Closed line={line} />;
    case "snoozed":
      return (
        <Badge tone="hold" icon={<IconClockPause size={14} aria-hidden />}>
          {t("missed.snoozedUntil", { when: format.moment(line.snoozed_until ?? "") })}
        </Badge>
      );
    case "open": {
      if (line.due_at === null) return null;
      const due = dueOf(line.due_at, now);
      const amount = amountText(due, i18n.language);
      const Icon = due.tone === "late" ? IconAlertTriangle : IconAlarm;
      return (
        <span title={format.full(line.due_at)} data-testid="due" data-tone={due.tone}>
          <Badge tone={TONES[due.tone]} icon={<Icon size={14} aria-hidden />}>
            {due.tone === "late"
              ? t("missed.overdue", { amount })
              : isFar(line.due_at, now)
                ? t("missed.dueAt", { when: format.moment(line.due_at) })
                : t("missed.dueIn", { amount })}
          </Badge>
        </span>
      );
    }
  }
}

function Closed({ line }: { line: MissedCall }) {
  const { t } = useTranslation();
  const format = useFormat();
  const agents = useDesk((desk) => desk.agents);
  const when = format.moment(line.closed_at ?? "");
  if (line.closed_how === "talk") {
    const who = line.closed_agent === null ? null : nameOf(agents, line.closed_agent);
    const text = who === null ? t("missed.talked", { when }) : t("missed.talkedWith", { who, when });
    return (
      <Link to={`/calls/${line.closed_call_id}`} style={{ textDecoration: "none" }}>
        <Badge tone="talk" icon={<IconPhoneCall size={14} aria-hidden />}>
          {text}
        </Badge>
      </Link>
    );
  }
  if (line.closed_how === "expired") return <Badge tone="missed">{t("missed.expired", { when })}</Badge>;
  return (
    <Badge tone="calm" icon={<IconCheck size={14} aria-hidden />}>
      {t("missed.doneBy", { who: line.closed_by?.name ?? "", when })}
      {line.reason && <> · {t(`missed.reason.${line.reason}`)}</>}
      {line.remark && (
        <>
          {" "}
          · <Outside>{line.remark}</Outside>
        </>
      )}
    </Badge>
  );
}
