/** Who calls, how we know, for which line, and since when. */
import { Anchor } from "@mantine/core";
import { IconBuilding, IconClock, IconPlayerPause, IconSearch, IconUsersGroup } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import type { Pop } from "../api/types";
import { duration, useNow } from "../parts/format";
import { Outside } from "../parts/parts";
import { useDesk } from "../shell/live";
import { useShortcuts } from "../shell/shortcuts";
import { nameOf } from "../state/agents";
import { heldBy, otherParty, talkingSince } from "../state/progress";
import classes from "./popup.module.css";
import { usePopName } from "./words";

export function PopHead({ pop, small }: { pop: Pop; small: boolean }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const name = usePopName()(pop);
  const { match, call } = pop;
  const party = otherParty(call, pop.agent_extension);
  const known = match.kind === "unique";
  const contact = known ? match.contact : null;
  const organization = (known ? (contact?.organization ?? match.organization) : null) ?? null;
  const display = party.display || party.number;
  const target = contact ? `/contacts/${contact.id}` : organization ? `/organizations/${organization.id}` : null;
  useShortcuts({ "Alt+O": () => target !== null && void navigate(target) });

  return (
    <>
      <h2 className={classes.name} tabIndex={-1} data-testid="pop-name">
        {contact ? (
          <Anchor component={Link} to={`/contacts/${contact.id}`} inherit c="inherit">
            <Outside>{name}</Outside>
          </Anchor>
        ) : (
          <Outside>{name}</Outside>
        )}
      </h2>
      {!small && (
        <>
          {organization && organization.name !== name && (
            <div className={classes.organization}>
              <Anchor component={Link} to={`/organizations/${organization.id}`} c="inherit" inherit>
                <Outside>{organization.name}</Outside>
              </Anchor>
            </div>
          )}
          {display && display !== name && (
            <div className={classes.number}>
              <Outside>{display}</Outside>
            </div>
          )}
          <div className={classes.facts}>
            <span className={classes.fact} data-testid="pop-reason">
              <IconSearch size={15} aria-hidden />
              {t(`match.${match.reason}`, { extension: match.direct_dial ?? "" })}
            </span>
            <Line pop={pop} />
          </div>
        </>
      )}
      <div className={classes.facts}>
        <Since pop={pop} />
      </div>
    </>
  );
}

function Line({ pop }: { pop: Pop }) {
  const { t } = useTranslation();
  const { call } = pop;
  if (call.queue) {
    return (
      <span className={classes.fact}>
        <IconUsersGroup size={15} aria-hidden />
        {t("pop.calledQueue", { queue: call.queue })}
      </span>
    );
  }
  const called = call.called.display || call.called.number;
  if (call.direction !== "inbound" || !called) return null;
  return (
    <span className={classes.fact}>
      <IconBuilding size={15} aria-hidden />
      {t("pop.calledLine", { number: called })}
    </span>
  );
}

function Since({ pop }: { pop: Pop }) {
  const { t } = useTranslation();
  const agents = useDesk((desk) => desk.agents);
  const { call } = pop;
  const holder = heldBy(call);
  const talking = pop.state === "talking" || pop.state === "wrap_up";
  const since = talking ? talkingSince(call, pop.agent_extension) : pop.waiting_since;
  if (pop.state === "closed" || pop.state === "dialling" || since === null) return null;
  const mine = call.talk.findLast((one) => one.agent === pop.agent_extension);
  const until = pop.state === "wrap_up" ? (mine?.to ?? call.ended_at) : null;
  return (
    <>
      <span className={classes.fact}>
        <IconClock size={15} aria-hidden />
        {talking ? (
          <Ticking since={since} until={until} text={(time) => t("pop.talkTime", { time })} />
        ) : (
          <Ticking since={since} until={null} text={(time) => t("pop.waiting", { time })} />
        )}
      </span>
      {pop.state === "talking" && holder !== null && (
        <span className={classes.fact}>
          <IconPlayerPause size={15} aria-hidden />
          {holder === pop.agent_extension ? t("pop.heldByYou") : t("pop.heldBy", { name: nameOf(agents, holder) })}
        </span>
      )}
    </>
  );
}

function Ticking({ since, until, text }: { since: string; until: string | null; text: (time: string) => string }) {
  const now = useNow();
  const end = until === null ? now : Date.parse(until);
  return <span>{text(duration((end - Date.parse(since)) / 1000))}</span>;
}
