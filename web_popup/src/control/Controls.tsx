/** What can be done with the call one is in: a row of keys, each as the PBX says that it stands. */
import { Loader } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import {
  IconArrowForwardUp,
  IconDialpad,
  IconMicrophone,
  IconMicrophoneOff,
  IconParking,
  IconPlayerPause,
  IconPlayerPlay,
  IconUsersGroup,
} from "@tabler/icons-react";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Pop } from "../api/types";
import { useDesk } from "../shell/live";
import { useShortcuts } from "../shell/shortcuts";
import { nameOf } from "../state/agents";
import { Asking } from "./Asking";
import { useLacks } from "./abilities";
import classes from "./control.module.css";
import { handedOverBy, inTalk } from "./standing";
import { useControl, wishesFor } from "./useControl";

const loadHandOver = () => import("./HandOver");
const HandOver = lazy(loadHandOver);
const Keypad = lazy(() => import("./Keypad"));

type Panel = "hand-over" | "keys" | null;

export function Controls({ pop }: { pop: Pop }) {
  const { t } = useTranslation();
  const control = useControl(pop);
  const voice = useControl(pop); // the microphone waits for nothing else
  const lacks = useLacks(pop.call.pbx);
  const agents = useDesk((desk) => desk.agents);
  const [panel, setPanel] = useState<Panel>(null);
  const { standing, pending, ask } = control;
  const { held, muted, asked, third } = standing;
  const wishes = wishesFor(pop.call.id);
  // Who is only asked has a colleague on the line, not the customer.
  const talking = inTalk(standing) && handedOverBy(pop.call, pop.agent_extension)?.asks !== true;
  // Whoever opens the chooser types at once: it is there before.
  useEffect(() => void loadHandOver(), []);
  const toggle = (which: Panel) => setPanel((now) => (now === which ? null : which));

  const hold = () =>
    held ? ask("hold", wishes.resume, (now) => !now.held) : ask("hold", wishes.hold, (now) => now.held);
  const mute = () =>
    muted ? voice.ask("mute", wishes.unmute, (now) => !now.muted) : voice.ask("mute", wishes.mute, (now) => now.muted);
  const park = () => ask("park", wishes.park, (now) => now.slot !== null);
  const able = (ability: Parameters<typeof lacks>[0], deed: () => void) => () => {
    const lack = lacks(ability);
    if (!talking) return;
    if (lack === null) deed();
    else notifications.show({ color: "orange", title: t("control.notPossible"), message: lack });
  };
  const free = asked === null;
  useShortcuts({
    "Alt+K": () => free && able("hold", hold)(),
    "Alt+U": able("mute", mute),
    "Alt+L": able("dtmf", () => toggle("keys")),
    "Alt+Q": () => free && able("park", park)(),
    ...(free && { "Alt+A": able("transfer", () => toggle("hand-over")) }),
  });
  if (!talking) return null;

  return (
    <section
      className={classes.control}
      aria-label={t("control.label")}
      data-panel={panel ?? undefined}
      data-testid="controls"
    >
      {asked && <Asking pop={pop} control={control} asked={asked} />}
      {third && (
        <div className={classes.three} data-testid="three">
          <IconUsersGroup size={17} aria-hidden />
          {t("control.three", { name: nameOf(agents, third.party) || third.party })}
        </div>
      )}
      <div className={classes.row}>
        {free && (
          <Key
            icon={held ? <IconPlayerPlay size={20} /> : <IconPlayerPause size={20} />}
            label={t(held ? "control.resume" : "control.hold")}
            keys="Alt+K"
            lack={lacks("hold")}
            on={held}
            tone="hold"
            pending={pending === "hold"}
            press={able("hold", hold)}
          />
        )}
        <Key
          icon={muted ? <IconMicrophoneOff size={20} /> : <IconMicrophone size={20} />}
          label={t(muted ? "control.unmute" : "control.mute")}
          keys="Alt+U"
          lack={lacks("mute")}
          on={muted}
          tone="missed"
          pending={voice.pending === "mute"}
          press={able("mute", mute)}
        />
        {free && (
          <Key
            icon={<IconArrowForwardUp size={20} />}
            label={t("control.handOver")}
            keys="Alt+A"
            lack={lacks("transfer")}
            opens={panel === "hand-over"}
            pending={pending === "transfer" || pending === "consult" || pending === "conference"}
            press={able("transfer", () => toggle("hand-over"))}
          />
        )}
        <Key
          icon={<IconDialpad size={20} />}
          label={t("control.keys")}
          keys="Alt+L"
          lack={lacks("dtmf")}
          opens={panel === "keys"}
          press={able("dtmf", () => toggle("keys"))}
        />
        {free && (
          <Key
            icon={<IconParking size={20} />}
            label={t("control.park")}
            keys="Alt+Q"
            lack={lacks("park")}
            pending={pending === "park"}
            press={able("park", park)}
          />
        )}
      </div>
      <Suspense fallback={<div className={classes.loading} />}>
        {panel === "hand-over" && free && (
          <HandOver pop={pop} control={control} lacks={lacks} close={() => setPanel(null)} />
        )}
        {panel === "keys" && <Keypad callId={pop.call.id} close={() => setPanel(null)} />}
      </Suspense>
    </section>
  );
}

interface KeyProps {
  icon: ReactNode;
  label: string;
  keys: string;
  lack: string | null;
  /** Whether it is so now: its label then says how to end it. */
  on?: boolean;
  /** Whether its panel is open; undefined where it has none. */
  opens?: boolean;
  tone?: "hold" | "missed";
  pending?: boolean;
  press: () => void;
}

function Key({ icon, label, keys, lack, on, opens, tone, pending = false, press }: KeyProps) {
  return (
    <button
      type="button"
      className={classes.key}
      title={lack ?? `${label} (${keys})`}
      aria-expanded={opens}
      aria-disabled={lack !== null}
      aria-busy={pending}
      data-tone={on ? tone : undefined}
      onClick={press}
    >
      {pending ? <Loader size={18} color="currentColor" /> : icon}
      <span>{label}</span>
    </button>
  );
}
