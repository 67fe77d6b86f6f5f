/** My queues: sign in and out, pause with a reason, go on. What is shown is what the PBX made of it. */
import { Button, Group, Text, Title } from "@mantine/core";
import { IconLogin2, IconLogout2, IconPlayerPlay } from "@tabler/icons-react";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import type { Agent, Queue } from "../api/types";
import { Badge, Card, Loading, Problem } from "../parts/parts";
import { useDesk } from "../shell/live";
import { queueKey } from "../state/queues";
import { AgentBadge } from "./AgentBadge";
import classes from "./colleagues.module.css";
import { useOwnDesk, useReasonWords, useWish } from "./own";
import { useOwnState } from "./ownState";
import { PauseMenu } from "./PauseMenu";
import { memberOf } from "./people";
import { Since } from "./Since";
import { useStaleSince } from "./stale";
import { Waiting } from "./Waiting";

export function OwnQueues({ own }: { own: Agent }) {
  const { t } = useTranslation();
  const desk = useOwnDesk();
  const words = useReasonWords();
  const queues = useDesk((live) => live.queues);
  const { ask, pending, mine, canBeReady } = useOwnState(own);
  const stale = useStaleSince(own.devices.map((device) => device.pbx)) !== null;
  const permitted = new Set(desk.data?.queues.map(queueKey));
  const shown = Object.values(queues)
    .filter((queue) => permitted.has(queueKey(queue)) || mine.includes(queue))
    .sort((a, b) => a.name.localeCompare(b.name));
  return (
    <section aria-label={t("queues.mine")}>
      <Card p={0}>
        <div className={classes.ownHead} data-stale={stale || undefined}>
          <div>
            <Title order={2} size="h4">
              {t("queues.mine")}
            </Title>
            <span className={classes.line}>
              <AgentBadge agent={own} words={words(own.pause_reason)} />
              <span className={classes.quiet}>
                <Since at={own.call?.since ?? own.since} stopped={stale} />
              </span>
            </span>
          </div>
          <Group gap={8}>
            {canBeReady && (
              <Button
                size="compact-sm"
                leftSection={<IconPlayerPlay size={15} />}
                loading={pending?.kind === "ready"}
                disabled={stale}
                onClick={() => ask({ kind: "ready" })}
              >
                {t("queues.ready")}
              </Button>
            )}
            {mine.length > 0 && (
              <PauseMenu
                busy={pending?.kind === "pause"}
                disabled={stale}
                label={t("queues.pauseAll")}
                pause={(reason) => ask({ kind: "pause", reason })}
              />
            )}
          </Group>
        </div>
        {desk.isError && <Problem error={desk.error} retry={() => void desk.refetch()} />}
        {desk.isPending && <Loading lines={2} />}
        {desk.isSuccess && shown.length === 0 && (
          <Text size="sm" c="dimmed" p="md">
            {t("queues.noneOfMine")}
          </Text>
        )}
        <ul className={classes.rows}>
          {shown.map((queue) => (
            <OwnQueue key={queueKey(queue)} queue={queue} own={own} />
          ))}
        </ul>
      </Card>
    </section>
  );
}

interface Membership {
  signed_in: boolean;
  paused: boolean;
  reason: string | null;
}

function OwnQueue({ queue, own }: { queue: Queue; own: Agent }) {
  const { t } = useTranslation();
  const words = useReasonWords();
  const stale = useStaleSince([queue.pbx]) !== null;
  const member = memberOf(queue, own.id);
  const { pbx, name } = queue;
  const send = useCallback(
    (wish: Membership) =>
      ok(api.PUT("/api/v1/queues/{pbx}/{queue}/membership", { params: { path: { pbx, queue: name } }, body: wish })),
    [pbx, name],
  );
  const { ask, pending } = useWish<Membership>(send, (wish) =>
    wish.signed_in
      ? member !== undefined && member.paused === wish.paused && (member.pause_reason ?? "") === (wish.reason ?? "")
      : member === undefined,
  );
  const busy = pending !== null;
  const wish = (signed_in: boolean, reason: string | null = null) =>
    ask({ signed_in, paused: reason !== null, reason: reason || null });
  return (
    <li className={classes.ownQueue} data-stale={stale || undefined} data-testid={`own-queue-${name}`}>
      <span className={classes.name}>{name}</span>
      <Waiting queue={queue} stale={stale} />
      <span className={classes.standing} role="status">
        {pending && <Badge tone="calm">{t("queues.pending")}</Badge>}
        {!pending && !member && <Badge tone="calm">{t("queues.signedOut")}</Badge>}
        {!pending && member && !member.paused && <Badge tone="talk">{t("queues.signedIn")}</Badge>}
        {!pending && member?.paused && (
          <Badge tone={member.pause_reason === "wrap-up" ? "wrap" : "hold"}>
            {words(member.pause_reason) ?? t("queues.paused")} <Since at={member.paused_since} stopped={stale} />
          </Badge>
        )}
      </span>
      <Group gap={6} className={classes.deeds} wrap="nowrap">
        {!member && (
          <Button
            size="compact-sm"
            leftSection={<IconLogin2 size={15} />}
            loading={busy}
            disabled={stale}
            aria-label={t("queues.signInTo", { queue: name })}
            onClick={() => wish(true)}
          >
            {t("queues.signIn")}
          </Button>
        )}
        {member?.paused && (
          <Button
            size="compact-sm"
            leftSection={<IconPlayerPlay size={15} />}
            loading={busy}
            disabled={stale}
            aria-label={t("queues.goOnIn", { queue: name })}
            onClick={() => wish(true)}
          >
            {t("queues.goOn")}
          </Button>
        )}
        {member && !member.paused && (
          <PauseMenu
            busy={busy}
            disabled={stale}
            label={t("queues.pauseIn", { queue: name })}
            pause={(reason) => wish(true, reason)}
          />
        )}
        {member && (
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            leftSection={<IconLogout2 size={15} />}
            disabled={member.fixed || busy || stale}
            title={member.fixed ? t("queues.problem.fixed_member") : undefined}
            aria-label={t("queues.signOutOf", { queue: name })}
            onClick={() => wish(false)}
          >
            {t("queues.signOut")}
          </Button>
        )}
      </Group>
    </li>
  );
}
