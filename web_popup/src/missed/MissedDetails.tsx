/** What stands behind a line: every call, who we think it is and why, our tries; and what needs more than one key. */
import { Alert, Anchor, Button, Select, TextInput } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { DoneReason, MissedCall } from "../api/types";
import { CallOutcomeBadge } from "../calls/outcome";
import { duration, useFormat } from "../parts/format";
import { useDesk, useLive } from "../shell/live";
import { nameOf } from "../state/agents";
import type { MissedActions } from "./actions";
import classes from "./missed.module.css";

const REASONS: readonly DoneReason[] = ["reached_otherwise", "not_reached", "not_needed", "unwanted"];

export function MissedDetails({ line, actions }: { line: MissedCall; actions: MissedActions }) {
  const { t } = useTranslation();
  const format = useFormat();
  const agents = useDesk((desk) => desk.agents);
  const { session } = useLive();
  const hidden = line.attempt_count - line.attempts.length;
  const others = line.closed_at === null && line.claimed_by !== null && line.claimed_by.id !== session.user.id;
  return (
    <div className={classes.details}>
      {line.lure.length > 0 && <LureReasons line={line} />}
      <p className={classes.reason}>
        {line.match_reason === "direct_dial" ? t("missed.directDial") : t(`match.${line.match_reason}`)}
        {line.tries && (
          <>
            {" · "}
            {t("missed.tries", {
              count: line.tries.count,
              when: format.moment(line.tries.last_at),
              who: nameOf(agents, line.tries.last_by),
            })}
          </>
        )}
      </p>
      <ol className={classes.attempts}>
        {line.attempts.map((one) => (
          <li key={one.call_id}>
            <Anchor component={Link} to={`/calls/${one.call_id}`} size="sm">
              <time dateTime={one.at}>{format.moment(one.at)}</time>
            </Anchor>
            <CallOutcomeBadge outcome={one.outcome} />
            <span>{t("missed.waited", { time: duration(one.waited) })}</span>
            {one.queue && <span>{one.queue}</span>}
          </li>
        ))}
        {hidden > 0 && <li>{t("missed.older", { count: hidden })}</li>}
      </ol>
      {others && line.claimed_by && (
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => void actions.claim(line, line.claimed_by?.id ?? null)}
        >
          {t("missed.relieve", { name: line.claimed_by.name })}
        </Button>
      )}
      {line.closed_at === null && !others && <Finish line={line} actions={actions} />}
    </div>
  );
}

export function LureReasons({ line }: { line: MissedCall }) {
  const { t } = useTranslation();
  return (
    <Alert variant="default" icon={<IconAlertTriangle />} title={t("missed.lure")} p="xs">
      <ul className={classes.reasons}>
        {line.lure.map((reason) => (
          <li key={reason}>{t(`missed.lureReason.${reason}`)}</li>
        ))}
      </ul>
    </Alert>
  );
}

function Finish({ line, actions }: { line: MissedCall; actions: MissedActions }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState<DoneReason | null>(null);
  const [remark, setRemark] = useState("");
  const [until, setUntil] = useState("");
  const finish = (event: FormEvent) => {
    event.preventDefault();
    void actions.done(line, reason, remark);
  };
  const later = (event: FormEvent) => {
    event.preventDefault();
    const moment = new Date(until);
    if (!Number.isNaN(moment.getTime())) void actions.snooze(line, moment.toISOString());
  };
  return (
    <div className={classes.forms}>
      <form className={classes.form} onSubmit={finish}>
        <Select
          size="xs"
          label={t("missed.why")}
          placeholder={t("missed.noReason")}
          clearable
          value={reason}
          onChange={(value) => setReason(value as DoneReason | null)}
          data={REASONS.map((value) => ({ value, label: t(`missed.reason.${value}`) }))}
        />
        <TextInput
          size="xs"
          className={classes.remark}
          label={t("missed.remark")}
          maxLength={500}
          value={remark}
          onChange={(event) => setRemark(event.currentTarget.value)}
        />
        <Button size="xs" variant="default" type="submit">
          {t("missed.done")}
        </Button>
      </form>
      <form className={classes.form} onSubmit={later}>
        <TextInput
          size="xs"
          type="datetime-local"
          label={t("missed.snoozeAt")}
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
          required
        />
        <Button size="xs" variant="default" type="submit">
          {t("missed.snooze")}
        </Button>
      </form>
    </div>
  );
}
