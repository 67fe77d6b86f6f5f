/** The time after a call in which no queue rings: it counts down, ends by itself, and can be lengthened or ended. */
import { Button, Group, Progress } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconCheck, IconHourglass, IconPlus } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import { duration, useNow } from "../parts/format";
import { useProblemText } from "../parts/parts";
import { useDesk } from "../shell/live";
import { useShortcuts } from "../shell/shortcuts";
import { agentAt } from "../state/agents";
import classes from "./popup.module.css";

const MORE_MS = 60_000;

/** When this agent's wrap-up time ends, in milliseconds; null if they have none. */
function useWrapUpUntil(): number | null {
  const until = useDesk((desk) => {
    const own = agentAt(desk.agents, desk.extension);
    return own?.state === "wrap_up" ? own.wrap_up_until : null;
  });
  return until === null ? null : Date.parse(until);
}

export function WrapUp() {
  const until = useWrapUpUntil();
  return until === null ? null : <Countdown until={until} />;
}

/** The same above the page, where no pop in front has it. */
export default function WrapUpLine() {
  const shown = useDesk(({ pops }) => pops.front !== null && pops.byId[pops.front]?.state === "wrap_up");
  return shown ? null : <WrapUp />;
}

function Countdown({ until }: { until: number }) {
  const { t } = useTranslation();
  const problemText = useProblemText();
  const now = useNow();
  const left = Math.max(0, until - now);
  const longest = useRef(left);
  longest.current = Math.max(longest.current, left);
  const change = useMutation({
    mutationFn: (to: number | null) =>
      ok(
        api.PUT("/api/v1/agents/me/wrap-up", {
          body: { until: to === null ? null : new Date(to).toISOString() },
        }),
      ),
    onError: (error) => notifications.show({ color: "red", title: t("problem.title"), message: problemText(error) }),
  });
  const ready = () => change.mutate(null);
  const more = () => change.mutate(Math.max(until, Date.now()) + MORE_MS);
  useShortcuts({ "Alt+G": ready, "Alt+W": more });
  return (
    <section className={classes.wrapUp} aria-label={t("wrapUp.label")} data-testid="wrap-up">
      <Group justify="space-between" gap="xs">
        <span className={classes.wrapUpTime}>
          <IconHourglass size={17} aria-hidden />
          <span role="timer">{t("wrapUp.left", { time: duration(Math.ceil(left / 1000)) })}</span>
        </span>
        <Group gap={6} wrap="nowrap">
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPlus size={14} />}
            title={`${t("wrapUp.moreTitle")} (Alt+W)`}
            aria-label={t("wrapUp.moreTitle")}
            disabled={change.isPending}
            onClick={more}
          >
            {t("wrapUp.more")}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconCheck size={14} />}
            title={`${t("wrapUp.ready")} (Alt+G)`}
            disabled={change.isPending}
            onClick={ready}
          >
            {t("wrapUp.ready")}
          </Button>
        </Group>
      </Group>
      <Progress value={longest.current ? (100 * left) / longest.current : 0} size={4} aria-hidden color="blue.6" />
    </section>
  );
}
