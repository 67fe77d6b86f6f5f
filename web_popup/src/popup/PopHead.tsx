/** Who calls, how we know, what matters now, for which line, and since when. */
import { Anchor } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import type { Pop } from "../api/types";
import { Outside } from "../parts/parts";
import { useShortcuts } from "../shell/shortcuts";
import { callerKind } from "../state/callers";
import { otherParty } from "../state/progress";
import { CallerFace } from "./CallerFace";
import { Facts, Since } from "./Facts";
import classes from "./popup.module.css";
import { SpamMark } from "./SpamMark";
import { WhatMatters } from "./WhatMatters";
import { usePopName } from "./words";

export function PopHead({ pop, small }: { pop: Pop; small: boolean }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const name = usePopName()(pop);
  const { match, call } = pop;
  const party = otherParty(call, pop.agent_extension);
  const kind = callerKind(pop);
  const known = match.kind === "unique" && kind !== "mobile";
  const contact = known ? match.contact : null;
  const organization = (known ? (contact?.organization ?? match.organization) : null) ?? null;
  const display = party.display || party.number;
  const target = contact ? `/contacts/${contact.id}` : organization ? `/organizations/${organization.id}` : null;
  useShortcuts({ "Alt+O": () => target !== null && void navigate(target) });

  return (
    <>
      <div className={classes.who}>
        <CallerFace pop={pop} />
        <div className={classes.whoText}>
          {kind !== "known" && kind !== "organization" && kind !== "withheld" && (
            <div className={classes.kind} data-testid="caller-kind">
              {t(`face.kind.${kind}`)}
            </div>
          )}
          <h2 className={classes.name} tabIndex={-1} data-testid="pop-name">
            {contact ? (
              <Anchor component={Link} to={`/contacts/${contact.id}`} inherit c="inherit">
                <Outside>{name}</Outside>
              </Anchor>
            ) : (
              <Outside>{name}</Outside>
            )}
          </h2>
          {!small && organization && organization.name !== name && (
            <div className={classes.organization}>
              <Anchor component={Link} to={`/organizations/${organization.id}`} c="inherit" inherit>
                <Outside>{organization.name}</Outside>
              </Anchor>
            </div>
          )}
          {!small && display && display !== name && (
            <div className={classes.number}>
              <Outside>{display}</Outside>
            </div>
          )}
        </div>
      </div>
      {!small && pop.state !== "closed" && <WhatMatters pop={pop} />}
      {!small && <Facts pop={pop} />}
      <Since pop={pop} />
      {!small && pop.state !== "closed" && <SpamMark pop={pop} />}
    </>
  );
}
