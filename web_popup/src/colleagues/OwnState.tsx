/** What I am doing, in the header, and the quick way to change it. */
import { Loader, Menu, UnstyledButton } from "@mantine/core";
import { IconBell, IconBellOff, IconCircleCheck, IconHeadset } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Agent } from "../api/types";
import { useShortcuts } from "../shell/shortcuts";
import { AgentBadge } from "./AgentBadge";
import classes from "./colleagues.module.css";
import { useOwnAgent, useReasonWords } from "./own";
import { useOwnState } from "./ownState";
import { ReasonItems } from "./PauseMenu";
import { useStaleSince } from "./stale";

export default function OwnState() {
  const own = useOwnAgent();
  return own ? <StateMenu own={own} /> : null;
}

function StateMenu({ own }: { own: Agent }) {
  const { t } = useTranslation();
  const words = useReasonWords();
  const [opened, setOpened] = useState(false);
  const { ask, pending, mine, canBeReady } = useOwnState(own);
  const stale = useStaleSince(own.devices.map((device) => device.pbx)) !== null;
  useShortcuts({ "Alt+S": () => setOpened((before) => !before) });
  return (
    <Menu position="bottom-end" width={240} opened={opened} onChange={setOpened}>
      <Menu.Target>
        <UnstyledButton
          className={classes.ownState}
          data-stale={stale || undefined}
          title={`${t("queues.ownState")} (Alt+S)`}
          aria-label={`${t("queues.ownState")}: ${t(`agentState.${own.state}`)}`}
          data-testid="own-state"
        >
          {pending ? <Loader size={16} /> : <AgentBadge agent={own} words={words(own.pause_reason)} />}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconCircleCheck size={16} />}
          disabled={!canBeReady}
          onClick={() => ask({ kind: "ready" })}
        >
          {t("queues.ready")}
        </Menu.Item>
        <Menu.Item
          leftSection={own.do_not_disturb ? <IconBell size={16} /> : <IconBellOff size={16} />}
          onClick={() => ask({ kind: "do-not-disturb", on: !own.do_not_disturb })}
        >
          {own.do_not_disturb ? t("queues.disturbAgain") : t("queues.doNotDisturb")}
        </Menu.Item>
        {mine.length > 0 && (
          <>
            <Menu.Divider />
            <Menu.Label>{t("queues.pauseAll")}</Menu.Label>
            <ReasonItems pause={(reason) => ask({ kind: "pause", reason })} />
          </>
        )}
        <Menu.Divider />
        <Menu.Item component={Link} to="/colleagues" leftSection={<IconHeadset size={16} />}>
          {t("queues.mine")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
