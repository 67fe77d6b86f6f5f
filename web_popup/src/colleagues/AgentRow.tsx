/** One colleague: what they do, since when, and how to reach them. */
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Agent, Call } from "../api/types";
import { useFormat } from "../parts/format";
import { DialButton, Outside } from "../parts/parts";
import { useDesk } from "../shell/live";
import { AgentBadge } from "./AgentBadge";
import classes from "./colleagues.module.css";
import { useReasonWords } from "./own";
import { PickUp } from "./PickUp";
import { Since } from "./Since";
import { useStaleSince } from "./stale";

export const AgentRow = memo(function AgentRow({ agent, own }: { agent: Agent; own: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useReasonWords();
  const stale = useStaleSince(agent.devices.map((device) => device.pbx));
  const pause = agent.state === "not_ready" && !agent.do_not_disturb ? words(agent.pause_reason) : null;
  return (
    <li className={classes.person} data-stale={stale !== null || undefined} data-testid={`agent-${agent.extension}`}>
      <span className={classes.initials} data-state={agent.state} aria-hidden>
        {initials(agent.name)}
      </span>
      <div className={classes.who}>
        <span className={classes.name}>
          {agent.name} {own && <span className={classes.quiet}>({t("common.you")})</span>}
        </span>
        <span className={classes.line}>
          <AgentBadge agent={agent} words={pause} />
          {agent.do_not_disturb && agent.state !== "not_ready" && (
            <span className={classes.quiet}>{t("queues.doNotDisturb")}</span>
          )}
          <span className={classes.quiet}>
            {stale === null ? (
              <Since at={agent.call?.since ?? agent.since} />
            ) : (
              t("colleagues.asOf", { time: format.time(new Date(stale).toISOString()) })
            )}
          </span>
        </span>
        {agent.call && stale === null && <CallLine call={agent.call} />}
      </div>
      <span className={classes.quiet}>{agent.extension}</span>
      <span className={classes.deeds}>
        {!own && agent.state === "ringing" && agent.call && stale === null && (
          <PickUp callId={agent.call.id} agent={agent} />
        )}
        {!own && <DialButton number={agent.extension} display={agent.name} />}
      </span>
    </li>
  );
});

/** Everybody sees what kind of call it is; with whom, only who gets the call itself. */
function CallLine({ call }: { call: NonNullable<Agent["call"]> }) {
  const { t } = useTranslation();
  const known = useDesk((desk) => desk.calls.running[call.id]);
  const other = known ? otherSide(known) : "";
  return (
    <span className={`${classes.line} ${classes.quiet}`}>
      {t(`colleagues.call.${call.direction}`)}
      {call.queue && ` · ${call.queue}`}
      {other && (
        <>
          {" · "}
          <Outside>{other}</Outside>
        </>
      )}
    </span>
  );
}

function otherSide(call: Call): string {
  const side = call.direction === "outbound" ? call.called : call.caller;
  return side.contact?.name ?? side.organization?.name ?? (side.display || side.name);
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => word?.[0] ?? "").join("");
}
