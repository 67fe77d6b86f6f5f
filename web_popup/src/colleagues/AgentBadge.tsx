/** What an agent is doing, in an icon and a word on its colour. */
import {
  IconBellOff,
  IconCircleCheck,
  IconHourglass,
  IconPhoneCall,
  IconPhoneIncoming,
  IconPhoneOff,
  IconPlayerPause,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Agent, AgentState } from "../api/types";
import classes from "./colleagues.module.css";

const ICONS = {
  ready: IconCircleCheck,
  ringing: IconPhoneIncoming,
  busy: IconPhoneCall,
  wrap_up: IconHourglass,
  not_ready: IconPlayerPause,
  logged_off: IconPhoneOff,
} satisfies Record<AgentState, typeof IconPhoneCall>;

export function AgentBadge({ agent, words }: { agent: Agent; words?: string | null }) {
  const { t } = useTranslation();
  const disturbed = agent.state === "not_ready" && agent.do_not_disturb;
  const Icon = disturbed ? IconBellOff : ICONS[agent.state];
  const text = words || (disturbed ? t("queues.doNotDisturb") : t(`agentState.${agent.state}`));
  return (
    <span className={classes.state} data-state={agent.state}>
      <Icon size={15} aria-hidden />
      <span>{text}</span>
    </span>
  );
}
