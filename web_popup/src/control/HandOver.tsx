/** To whom, and how: found by name, extension or number; Enter does it. */
import { Combobox, SegmentedControl, TextInput, useCombobox } from "@mantine/core";
import { IconHistory, IconPhone } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Pop } from "../api/types";
import { AgentBadge } from "../colleagues/AgentBadge";
import { Outside } from "../parts/parts";
import { useDesk, useLive } from "../shell/live";
import type { useLacks } from "./abilities";
import classes from "./control.module.css";
import { Panel } from "./Panel";
import { remember, targetsFor } from "./targets";
import { type Control, wishesFor } from "./useControl";

const WAYS = ["consult", "transfer", "conference"] as const;
type Way = (typeof WAYS)[number];
const SHOWN = 30;

interface Props {
  pop: Pop;
  control: Control;
  lacks: ReturnType<typeof useLacks>;
  close: () => void;
}

export default function HandOver({ pop, control, lacks, close }: Props) {
  const { t } = useTranslation();
  const { session } = useLive();
  const agents = useDesk((desk) => desk.agents);
  const key = `cti-crm.targets.${session.user.id}`;
  const [lately, setLately] = useState<string[]>(() => read(key));
  const [typed, setTyped] = useState("");
  const possible = WAYS.filter((way) => lacks(way) === null);
  const [way, setWay] = useState<Way>(possible[0] ?? "transfer");
  const input = useRef<HTMLInputElement>(null);
  const combobox = useCombobox({ opened: true });
  const targets = targetsFor(Object.values(agents), pop.agent_extension, lately, typed).slice(0, SHOWN);
  const wishes = wishesFor(pop.call.id);

  useEffect(() => input.current?.focus(), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each other list its first entry is meant
  useEffect(() => void combobox.selectFirstOption(), [typed]);

  const choose = (to: string) => {
    const next = remember(lately, to);
    setLately(next);
    localStorage.setItem(key, JSON.stringify(next));
    const done = {
      transfer: (now: typeof control.standing) => now.own === undefined,
      consult: (now: typeof control.standing) => now.asked !== null,
      conference: (now: typeof control.standing) => now.asked !== null || now.third !== null,
    }[way];
    control.ask(way, () => wishes[way](to), done);
    close();
  };

  return (
    <Panel title={t("control.handOver")} testId="hand-over" close={close}>
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label={t("control.how")}
        value={way}
        onChange={(value) => {
          setWay(value as Way);
          input.current?.focus();
        }}
        data={WAYS.map((value) => ({ value, label: t(`control.way.${value}`), disabled: !possible.includes(value) }))}
      />
      <Combobox store={combobox} onOptionSubmit={choose}>
        <Combobox.EventsTarget>
          <TextInput
            ref={input}
            type="search"
            label={t("control.toWhom")}
            description={t(`control.wayHint.${way}`)}
            placeholder={t("control.toWhomPlaceholder")}
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        </Combobox.EventsTarget>
        <Combobox.Options className={classes.targets} aria-label={t("control.toWhom")} tabIndex={0}>
          {targets.map(({ to, agent, lately: isLate }) => (
            <Combobox.Option key={to} value={to} className={classes.target}>
              <span className={classes.targetName}>
                {agent ? <Outside>{agent.name}</Outside> : <Outside>{to}</Outside>}
                <span className={classes.targetMore}>
                  {agent ? agent.extension : t("control.thisNumber")}
                  {isLate && <IconHistory size={14} role="img" aria-label={t("control.lately")} />}
                </span>
              </span>
              {agent ? <AgentBadge agent={agent} /> : <IconPhone size={18} aria-hidden />}
            </Combobox.Option>
          ))}
          {targets.length === 0 && <Combobox.Empty>{t("control.nobody")}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox>
    </Panel>
  );
}

function read(key: string): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(stored) ? stored.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}
