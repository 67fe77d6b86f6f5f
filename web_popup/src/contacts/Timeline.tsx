/** The journey: calls, notes and tasks, newest first. */
import { Anchor, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconChecklist, IconHistory, IconNote, IconPhoneIncoming, IconPhoneOutgoing } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { type Subject, type TimelineFilter, useTimeline } from "../api/queries";
import type { CallEntry, Note, TimelineEntry } from "../api/types";
import { CallOutcomeBadge, isMissed } from "../calls/outcome";
import { ourSide } from "../calls/party";
import { duration, useFormat } from "../parts/format";
import { Badge, Empty, Pages, type Tone } from "../parts/parts";
import parts from "../parts/parts.module.css";
import { useDesk } from "../shell/live";
import { TaskRow } from "../tasks/TaskRow";
import classes from "./contacts.module.css";

export function Timeline({ subject, filter }: { subject: Subject; filter: TimelineFilter }) {
  const { t } = useTranslation();
  const [settled] = useDebouncedValue(filter, 200);
  const timeline = useTimeline(subject, settled);
  const whole = Object.values(settled).every((one) => one === undefined || one.length === 0);
  return (
    <Pages
      query={timeline}
      itself
      empty={
        <Empty icon={<IconHistory size={40} stroke={1.3} />} title={t(whole ? "timeline.empty" : "timeline.nothing")} />
      }
    >
      {(items) => (
        <ol className={classes.entries}>
          {items.map((entry) => (
            <Entry key={`${entry.kind} ${entry.id}`} entry={entry} />
          ))}
        </ol>
      )}
    </Pages>
  );
}

function Entry({ entry }: { entry: TimelineEntry }) {
  const { t } = useTranslation();
  switch (entry.kind) {
    case "call":
      return <CallLine entry={entry} />;
    case "note":
      return (
        <Line icon={<IconNote size={16} />} tone="wrap" at={entry.at} head={t("timeline.note")}>
          <NoteText note={entry.note} />
        </Line>
      );
    case "task":
      return (
        <Line icon={<IconChecklist size={16} />} tone="calm" at={entry.at} head={t("timeline.task")}>
          <TaskRow task={entry.task} compact />
        </Line>
      );
  }
}

function CallLine({ entry }: { entry: CallEntry }) {
  const { t, i18n } = useTranslation();
  const agents = useDesk((desk) => desk.agents);
  const { call, disposition } = entry;
  const outbound = call.direction === "outbound";
  const Icon = outbound ? IconPhoneOutgoing : IconPhoneIncoming;
  const who = ourSide(call, agents);
  return (
    <Line
      icon={<Icon size={16} />}
      tone={call.outcome === "answered" ? "talk" : call.outcome === null ? "ring" : "missed"}
      at={entry.at}
      head={
        <Anchor component={Link} to={`/calls/${call.id}`} fw={600} c="inherit">
          {t(`direction.${call.direction}`)}
        </Anchor>
      }
      facts={
        <>
          <CallOutcomeBadge outcome={call.outcome} />
          {call.talk_seconds ? <span>{duration(call.talk_seconds)}</span> : null}
          {who && <span>{who}</span>}
          {call.direction === "inbound" && isMissed(call.outcome) && (
            <Anchor component={Link} to={`/missed?call=${call.id}`} size="sm">
              {t("missed.inList")}
            </Anchor>
          )}
          {disposition && (
            <Badge tone="wrap">{i18n.language === "de" ? disposition.label_de : disposition.label_en}</Badge>
          )}
        </>
      }
    >
      {entry.notes.map((note) => (
        <NoteText key={note.id} note={note} />
      ))}
      {entry.tasks.map((task) => (
        <div key={task.id} style={{ marginTop: 8 }}>
          <TaskRow task={task} compact />
        </div>
      ))}
    </Line>
  );
}

export function NoteText({ note }: { note: Note }) {
  const { t } = useTranslation();
  return (
    <div className={classes.noteText}>
      <div dir="auto">{note.text}</div>
      <Text size="xs" c="dimmed" mt={4}>
        {t("note.by", { name: note.author.name })}
      </Text>
    </div>
  );
}

interface LineProps {
  icon: ReactNode;
  tone: Tone;
  at: string;
  head: ReactNode;
  facts?: ReactNode;
  children: ReactNode;
}

function Line({ icon, tone, at, head, facts, children }: LineProps) {
  const format = useFormat();
  return (
    <li className={classes.entry}>
      <span className={`${classes.dot} ${parts[tone]}`} aria-hidden>
        {icon}
      </span>
      <div className={classes.entryHead}>
        <Text fw={600} component="span">
          {head}
        </Text>
        {facts}
        <Text size="sm" c="dimmed" component="time" dateTime={at} title={format.full(at)}>
          {format.moment(at)}
        </Text>
      </div>
      {children}
    </li>
  );
}
