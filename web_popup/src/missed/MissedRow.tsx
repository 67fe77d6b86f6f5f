/** One caller who was missed: who, when, until when, who sees to it, and what can be done. */
import { ActionIcon, Anchor, Button, Menu } from "@mantine/core";
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconCheck,
  IconChevronDown,
  IconClockPause,
  IconPhone,
  IconUserCheck,
  IconUserOff,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { MissedCall } from "../api/types";
import { duration, useFormat, useNow } from "../parts/format";
import { Badge, Outside } from "../parts/parts";
import { useLive } from "../shell/live";
import type { MissedActions } from "./actions";
import { DueClock } from "./DueClock";
import { callerName, queuesOf, stateOf } from "./lines";
import { MissedDetails } from "./MissedDetails";
import classes from "./missed.module.css";
import { PRESETS, snoozeTime } from "./snooze";

interface Props {
  line: MissedCall;
  chosen: boolean;
  choose: () => void;
  opened: boolean;
  toggle: () => void;
  snoozing: boolean;
  setSnoozing: (open: boolean) => void;
  callBack: (line: MissedCall) => void;
  actions: MissedActions;
}

export function MissedRow({ line, chosen, choose, opened, toggle, ...rest }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = callerName(line) ?? t("pop.withheld");
  const state = stateOf(line, Date.now());
  const target = line.contact
    ? `/contacts/${line.contact.id}`
    : line.organization
      ? `/organizations/${line.organization.id}`
      : null;
  const last = line.attempts[0];
  return (
    <article
      className={classes.row}
      data-line={line.id}
      data-state={state}
      data-chosen={chosen || undefined}
      tabIndex={chosen ? 0 : -1}
      aria-label={t("missed.rowLabel", { name, count: line.attempt_count })}
      onFocus={choose}
    >
      <div className={classes.who}>
        <h2 className={classes.name}>
          {target ? (
            <Anchor component={Link} to={target} inherit c="inherit">
              <Outside>{name}</Outside>
            </Anchor>
          ) : (
            <Outside>{name}</Outside>
          )}
          {line.lure.length > 0 && (
            <Badge tone="ring" icon={<IconAlertTriangle size={14} aria-hidden />}>
              {t("missed.lure")}
            </Badge>
          )}
        </h2>
        <div className={classes.quiet}>
          {line.contact && line.organization && <Outside>{line.organization.name}</Outside>}
          {line.display && line.display !== name && <Outside>{line.display}</Outside>}
          {queuesOf(line).map((queue) => (
            <span key={queue}>{queue}</span>
          ))}
        </div>
      </div>
      <div className={classes.calls}>
        <button type="button" className={classes.unfold} aria-expanded={opened} onClick={toggle}>
          {t("missed.attempts", { count: line.attempt_count })}
          <IconChevronDown size={15} aria-hidden className={opened ? classes.up : undefined} />
        </button>
        <div className={classes.quiet}>
          <time dateTime={line.last_at} title={format.full(line.last_at)}>
            {format.moment(line.last_at)}
          </time>
          <span>{t("missed.waited", { time: duration(line.longest_wait) })}</span>
          {last?.outcome === "voicemail" && <span>{t("outcome.voicemail")}</span>}
        </div>
      </div>
      <div className={classes.due}>
        <DueClock line={line} />
        <ClaimedBy line={line} />
      </div>
      <Buttons line={line} state={state} name={name} {...rest} />
      {opened && <MissedDetails line={line} actions={rest.actions} />}
    </article>
  );
}

function ClaimedBy({ line }: { line: MissedCall }) {
  const { t } = useTranslation();
  const now = useNow();
  const { session } = useLive();
  if (!line.claimed_by || line.closed_at !== null) return null;
  const minutes = Math.max(0, Math.floor((now - Date.parse(line.claimed_at ?? "")) / 60_000));
  const mine = line.claimed_by.id === session.user.id;
  const text = mine ? t("missed.claimedByMe") : t("missed.claimedBy", { name: line.claimed_by.name });
  return (
    <span data-testid="claimed">
      <Badge tone={mine ? "talk" : "wrap"} icon={<IconUserCheck size={14} aria-hidden />}>
        {text} · {minutes === 0 ? t("missed.justNow") : t("missed.minutes", { count: minutes })}
      </Badge>
    </span>
  );
}

type ButtonsProps = Pick<Props, "line" | "snoozing" | "setSnoozing" | "callBack" | "actions"> & {
  state: ReturnType<typeof stateOf>;
  name: string;
};

function Buttons({ line, state, name, snoozing, setSnoozing, callBack, actions }: ButtonsProps) {
  const { t } = useTranslation();
  const { session } = useLive();
  const mine = line.claimed_by?.id === session.user.id;
  const others = line.claimed_by !== null && !mine;
  if (state === "done")
    return (
      <div className={classes.actions}>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconArrowBackUp size={16} />}
          onClick={() => void actions.reopen(line)}
        >
          {t("missed.reopen")}
        </Button>
      </div>
    );
  return (
    <div className={classes.actions}>
      {!others && line.number !== null && (
        <Button size="compact-sm" leftSection={<IconPhone size={16} />} onClick={() => callBack(line)}>
          {t("missed.callBack")}
        </Button>
      )}
      {!others && !mine && line.number !== null && (
        <Action label={t("missed.claim")} icon={<IconUserCheck size={18} />} act={() => void actions.claim(line)} />
      )}
      {mine && (
        <Action label={t("missed.release")} icon={<IconUserOff size={18} />} act={() => void actions.release(line)} />
      )}
      {!others && (
        <>
          {state === "snoozed" ? (
            <Button size="compact-sm" variant="default" onClick={() => void actions.snooze(line, null)}>
              {t("missed.wake")}
            </Button>
          ) : (
            <Menu opened={snoozing} onChange={setSnoozing} position="bottom-end" returnFocus withinPortal>
              <Menu.Target>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t("missed.snoozeName", { name })}
                  title={t("missed.snooze")}
                >
                  <IconClockPause size={18} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Label>{t("missed.snooze")}</Menu.Label>
                {PRESETS.map((preset) => (
                  <Menu.Item
                    key={preset}
                    onClick={() => void actions.snooze(line, snoozeTime(preset, new Date()).toISOString())}
                  >
                    {t(`missed.preset.${preset}`)}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          )}
          <Action
            label={t("missed.doneName", { name })}
            title={t("missed.done")}
            icon={<IconCheck size={18} />}
            act={() => void actions.done(line)}
          />
        </>
      )}
    </div>
  );
}

function Action({ label, title, icon, act }: { label: string; title?: string; icon: ReactNode; act: () => void }) {
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={label} title={title ?? label} onClick={act}>
      {icon}
    </ActionIcon>
  );
}
