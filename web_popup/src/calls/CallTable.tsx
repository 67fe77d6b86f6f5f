/** Calls in a table; on a small screen each is a block. */
import { Table } from "@mantine/core";
import { IconArrowDownLeft, IconArrowsLeftRight, IconArrowUpRight } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";
import type { Call } from "../api/types";
import { duration, useFormat, useNow } from "../parts/format";
import { Outside } from "../parts/parts";
import { useDesk } from "../shell/live";
import classes from "./calls.module.css";
import { CallOutcomeBadge } from "./outcome";
import { customer, ourSide, usePartyName } from "./party";

const ICONS = { inbound: IconArrowDownLeft, outbound: IconArrowUpRight, internal: IconArrowsLeftRight };

export function CallTable({ calls }: { calls: Call[] }) {
  const { t } = useTranslation();
  return (
    <div className={classes.table}>
      <Table verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("calls.when")}</Table.Th>
            <Table.Th>{t("calls.who")}</Table.Th>
            <Table.Th>{t("calls.agent")}</Table.Th>
            <Table.Th>{t("calls.outcome")}</Table.Th>
            <Table.Th>{t("calls.wait")}</Table.Th>
            <Table.Th>{t("calls.talk")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {calls.map((call) => (
            <Row key={call.id} call={call} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Row({ call }: { call: Call }) {
  const { t } = useTranslation();
  const format = useFormat();
  const from = useLocation().search;
  const agents = useDesk((desk) => desk.agents);
  const partyName = usePartyName();
  const party = customer(call);
  const name = partyName(party, agents);
  const Icon = ICONS[call.direction];
  return (
    <Table.Tr>
      <Table.Td style={{ whiteSpace: "nowrap" }}>
        <time dateTime={call.started_at} title={format.full(call.started_at)}>
          {format.moment(call.started_at)}
        </time>
      </Table.Td>
      <Table.Td>
        <Icon
          size={17}
          role="img"
          aria-label={t(`direction.${call.direction}`)}
          style={{ verticalAlign: -3, marginInlineEnd: 6 }}
        />
        <Link to={`/calls/${call.id}`} state={from} className={classes.open} aria-label={t("calls.open", { name })}>
          <Outside>{name}</Outside>
        </Link>
      </Table.Td>
      <Table.Td>{ourSide(call, agents)}</Table.Td>
      <Table.Td>
        <CallOutcomeBadge outcome={call.outcome} />
      </Table.Td>
      <Table.Td>{call.wait_seconds === null ? null : duration(call.wait_seconds)}</Table.Td>
      <Table.Td>
        {call.ended_at === null && call.answered_at !== null ? (
          <TalkingFor since={call.answered_at} />
        ) : call.talk_seconds ? (
          duration(call.talk_seconds)
        ) : null}
      </Table.Td>
    </Table.Tr>
  );
}

function TalkingFor({ since }: { since: string }) {
  return <>{duration((useNow() - Date.parse(since)) / 1000)}</>;
}
