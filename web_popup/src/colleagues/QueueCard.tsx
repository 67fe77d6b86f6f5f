/** A queue: who waits, and who is there to answer. */
import { useTranslation } from "react-i18next";
import type { Queue, QueueMember } from "../api/types";
import { useFormat } from "../parts/format";
import { Card, Outside } from "../parts/parts";
import { useDesk } from "../shell/live";
import { AgentBadge } from "./AgentBadge";
import classes from "./colleagues.module.css";
import { useReasonWords } from "./own";
import { useStaleSince } from "./stale";
import { Waiting } from "./Waiting";

export function QueueCard({ queue, severalPbxs }: { queue: Queue; severalPbxs: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const stale = useStaleSince([queue.pbx]);
  return (
    <Card p={14}>
      <div className={classes.queue} data-stale={stale !== null || undefined} data-testid={`queue-${queue.name}`}>
        <div className={classes.queueHead}>
          <span className={classes.name}>
            {queue.name} {severalPbxs && <span className={classes.quiet}>{queue.pbx}</span>}
          </span>
          <Waiting queue={queue} stale={stale !== null} />
        </div>
        {stale !== null && (
          <span className={classes.quiet}>
            {t("colleagues.asOf", { time: format.time(new Date(stale).toISOString()) })}
          </span>
        )}
        {queue.members.length === 0 && <span className={classes.quiet}>{t("queues.nobodyThere")}</span>}
        <ul className={classes.members}>
          {queue.members.map((member) => (
            <Member key={member.extension || member.name} member={member} />
          ))}
        </ul>
      </div>
    </Card>
  );
}

function Member({ member }: { member: QueueMember }) {
  const { t } = useTranslation();
  const words = useReasonWords();
  const agent = useDesk((desk) => (member.agent_id ? desk.agents[member.agent_id] : undefined));
  return (
    <li className={classes.member}>
      <span className={classes.memberName}>{agent ? agent.name : <Outside>{member.name}</Outside>}</span>
      {agent && !(member.paused && agent.state === "ready") && (
        <AgentBadge agent={agent} words={agent.state === "not_ready" ? words(agent.pause_reason) : null} />
      )}
      {member.paused && agent?.state !== "not_ready" && agent?.state !== "wrap_up" && (
        <span className={classes.state} data-state="not_ready">
          {words(member.pause_reason) ?? t("queues.paused")}
        </span>
      )}
    </li>
  );
}
