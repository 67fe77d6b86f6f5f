/** One call: its face while it rings, the working place while and after it is talked. */
import { ActionIcon } from "@mantine/core";
import { IconChevronDown, IconChevronUp, IconX } from "@tabler/icons-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { Pop } from "../api/types";
import { Controls } from "../control/Controls";
import { HandedOver } from "../control/HandedOver";
import { Parked } from "../control/Parked";
import { dispatch } from "../shell/live";
import { callerKind } from "../state/callers";
import { dialProgress, ownLeg } from "../state/progress";
import { Context } from "./Context";
import { DialStory } from "./DialStory";
import { FollowUp } from "./FollowUp";
import { NoteField } from "./NoteField";
import { PopFoot } from "./PopFoot";
import { PopHead } from "./PopHead";
import classes from "./popup.module.css";
import { faceOf, StateBadge } from "./StateBadge";
import { WhoIsIt } from "./WhoIsIt";
import { WrapUp } from "./WrapUp";

const LINGER_MS = 4000;
const LINGER_FAILED_MS = 12_000;

export function PopCard({ pop, collapsed, toggle }: { pop: Pop; collapsed: boolean; toggle: () => void }) {
  const { t } = useTranslation();
  const face = faceOf(pop);
  const callId = pop.call.id;
  const placed =
    ownLeg(pop.call, pop.agent_extension)?.placed && dialProgress(pop.call, pop.agent_extension) !== "answered";
  const gone = pop.state === "closed";
  const failed = gone && (placed || pop.closed_reason === "failed");
  const working = pop.state === "talking" || pop.state === "wrap_up";
  const dismiss = () => dispatch({ type: "pops/dismiss", callId });

  useEffect(() => {
    if (!gone) return;
    const wait = pop.closed_reason === "failed" || placed ? LINGER_FAILED_MS : LINGER_MS;
    const timer = setTimeout(() => dispatch({ type: "pops/dismiss", callId }), wait);
    return () => clearTimeout(timer);
  }, [gone, callId, pop.closed_reason, placed]);

  return (
    <article
      className={`${classes.card} ${classes[face] ?? ""} ${failed ? classes.failed : ""}`}
      data-state={pop.state}
      data-caller={callerKind(pop)}
    >
      <div className={classes.edge} />
      <div className={classes.head}>
        <div className={classes.topline}>
          <StateBadge pop={pop} />
          {gone ? (
            <ActionIcon variant="subtle" color="gray" aria-label={t("common.close")} onClick={dismiss}>
              <IconX size={18} />
            </ActionIcon>
          ) : (
            <ActionIcon
              variant="subtle"
              color="gray"
              title={`${collapsed ? t("pop.expand") : t("pop.collapse")} (Alt+M)`}
              aria-expanded={!collapsed}
              aria-label={collapsed ? t("pop.expand") : t("pop.collapse")}
              onClick={toggle}
            >
              {collapsed ? <IconChevronUp size={18} /> : <IconChevronDown size={18} />}
            </ActionIcon>
          )}
        </div>
        <PopHead pop={pop} small={collapsed} />
      </div>
      {(pop.state === "offered" || pop.state === "talking") && !collapsed && <HandedOver pop={pop} />}
      {working && <Parked pop={pop} />}
      {pop.state === "talking" && <Controls key={callId} pop={pop} />}
      {!collapsed && !(gone && !placed) && (
        <div className={classes.body}>
          {(placed || pop.state === "dialling") && <DialStory pop={pop} />}
          {!gone && <WhoIsIt pop={pop} />}
          {working && <NoteField pop={pop} />}
          {working && <FollowUp pop={pop} />}
          {!gone && <Context pop={pop} />}
        </div>
      )}
      {pop.state === "wrap_up" && <WrapUp />}
      {!gone && <PopFoot pop={pop} />}
    </article>
  );
}
