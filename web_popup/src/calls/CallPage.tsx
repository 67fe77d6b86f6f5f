/** How one call went: who, leg by leg, step by step, and what was written. */
import { Anchor, Button, Stack, Text } from "@mantine/core";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useParams } from "react-router";
import { useCall } from "../api/queries";
import type { CallRecord, Party } from "../api/types";
import { NoteText } from "../contacts/Timeline";
import { duration, useFormat } from "../parts/format";
import { Badge, Card, DialButton, Empty, Loading, Outside, PageTitle, Problem } from "../parts/parts";
import { useDesk, useLive } from "../shell/live";
import { nameOf } from "../state/agents";
import { TaskRow } from "../tasks/TaskRow";
import { CallLanes } from "./CallLanes";
import { CallSteps } from "./CallSteps";
import classes from "./calls.module.css";
import { CallOutcomeBadge } from "./outcome";
import { usePartyName } from "./party";

const Explanation = lazy(() => import("./Explanation"));

export default function CallPage() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const { state: filters } = useLocation();
  const { data: call, ...query } = useCall(id);
  const revision = useDesk((desk) => desk.calls.running[id]?.revision);
  const { refetch } = query;
  useEffect(() => {
    if (revision !== undefined) void refetch();
  }, [revision, refetch]);
  if (query.isPending) return <Loading />;
  if (call === undefined) return <Problem error={query.error} retry={() => void query.refetch()} />;
  if (call === null) return <Empty title={t("problem.not_found")} />;
  return (
    <>
      <PageTitle
        title={
          <>
            <PartyLine party={call.caller} dial={call.direction === "inbound"} /> →{" "}
            <PartyLine party={call.called} dial={call.direction === "outbound"} />
          </>
        }
      >
        <Button
          component={Link}
          to={{ pathname: "/calls", search: typeof filters === "string" ? filters : "" }}
          variant="default"
        >
          {t("common.back")}
        </Button>
      </PageTitle>
      <div className={classes.details}>
        <Stack>
          <Card>
            <Facts call={call} />
          </Card>
          <Written call={call} />
        </Stack>
        <Card>
          <Stack gap="xl">
            <section>
              <h2 className={classes.head}>{t("calls.legs")}</h2>
              <CallLanes call={call} />
            </section>
            {call.transfers.length > 0 && <Transfers call={call} />}
            {call.steps.length > 0 && (
              <section>
                <h2 className={classes.head}>{t("calls.steps")}</h2>
                <CallSteps call={call} />
              </section>
            )}
            <HowItCameAbout key={call.id} call={call} />
          </Stack>
        </Card>
      </div>
    </>
  );
}

/** For those who answer for the PBX; loaded when asked for. */
function HowItCameAbout({ call }: { call: CallRecord }) {
  const { t } = useTranslation();
  const { session } = useLive();
  const [open, setOpen] = useState(false);
  if (session.role === "agent") return null;
  return (
    <section>
      <h2 className={classes.head}>{t("explain.title")}</h2>
      {open ? (
        <Suspense fallback={<Loading />}>
          <Explanation call={call} />
        </Suspense>
      ) : (
        <Button variant="default" onClick={() => setOpen(true)}>
          {t("explain.show")}
        </Button>
      )}
    </section>
  );
}

/** The notes and tasks of the call. */
function Written({ call }: { call: CallRecord }) {
  const { t } = useTranslation();
  return (
    <>
      {call.notes.length > 0 && (
        <Card>
          <h2 className={classes.head}>{t("calls.notes")}</h2>
          {call.notes.map((note) => (
            <NoteText key={note.id} note={note} />
          ))}
        </Card>
      )}
      {call.tasks.length > 0 && (
        <Card>
          <h2 className={classes.head}>{t("calls.tasks")}</h2>
          <Stack gap="sm">
            {call.tasks.map((task) => (
              <TaskRow key={task.id} task={task} />
            ))}
          </Stack>
        </Card>
      )}
    </>
  );
}

function Facts({ call }: { call: CallRecord }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const agents = useDesk((desk) => desk.agents);
  const { disposition } = call;
  return (
    <Stack gap="sm">
      <span>
        <CallOutcomeBadge outcome={call.outcome} />{" "}
        {disposition && (
          <Badge tone="wrap">{i18n.language === "de" ? disposition.label_de : disposition.label_en}</Badge>
        )}
      </span>
      <dl className={classes.facts}>
        <dt>{t("calls.direction")}</dt>
        <dd>{t(`direction.${call.direction}`)}</dd>
        {call.queue && (
          <>
            <dt>{t("calls.queue")}</dt>
            <dd>{call.queue}</dd>
          </>
        )}
        <dt>{t("calls.started")}</dt>
        <dd>{format.full(call.started_at)}</dd>
        {call.answered_at && (
          <>
            <dt>{t("calls.answered")}</dt>
            <dd>
              {format.time(call.answered_at)}
              {call.answered_by && ` · ${nameOf(agents, call.answered_by)}`}
            </dd>
          </>
        )}
        <dt>{t("calls.ended")}</dt>
        <dd>{call.ended_at ? format.time(call.ended_at) : t("calls.notEnded")}</dd>
        <dt>{t("calls.wait")}</dt>
        <dd>{call.wait_seconds === null ? t("common.none") : duration(call.wait_seconds)}</dd>
        <dt>{t("calls.talk")}</dt>
        <dd>{call.talk_seconds === null ? t("common.none") : duration(call.talk_seconds)}</dd>
      </dl>
      {call.inferred_end && (
        <Text size="sm" c="dimmed">
          {t("calls.inferred")}
        </Text>
      )}
    </Stack>
  );
}

function PartyLine({ party, dial }: { party: Party; dial: boolean }) {
  const agents = useDesk((desk) => desk.agents);
  const name = usePartyName()(party, agents);
  const target = party.contact
    ? `/contacts/${party.contact.id}`
    : party.organization
      ? `/organizations/${party.organization.id}`
      : null;
  return (
    <>
      {target ? (
        <Anchor component={Link} to={target} inherit>
          <Outside>{name}</Outside>
        </Anchor>
      ) : (
        <Outside>{name}</Outside>
      )}
      {dial && party.number && !party.extension && (
        <DialButton number={party.number} display={party.display || party.number} contactId={party.contact?.id} />
      )}
    </>
  );
}

function Transfers({ call }: { call: CallRecord }) {
  const { t } = useTranslation();
  const format = useFormat();
  const agents = useDesk((desk) => desk.agents);
  return (
    <section>
      <h2 className={classes.head}>{t("calls.transfers")}</h2>
      <ul className={classes.steps}>
        {call.transfers.map((one) => (
          <li key={`${one.at} ${one.from} ${one.to}`}>
            <time dateTime={one.at}>{format.time(one.at)}</time>
            {t(one.kind === "blind" ? "calls.transferBlind" : "calls.transferAttended", {
              from: nameOf(agents, one.from),
              to: nameOf(agents, one.to),
            })}
          </li>
        ))}
      </ul>
    </section>
  );
}
