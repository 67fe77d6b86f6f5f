/** While somebody is asked: who, whether they have answered, and the ways on from there. */
import { Button, Group } from "@mantine/core";
import { IconArrowBackUp, IconCheck, IconPhoneCall, IconPhoneCalling, IconUsersGroup } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Leg, Pop } from "../api/types";
import { Outside } from "../parts/parts";
import { useDesk } from "../shell/live";
import { useShortcuts } from "../shell/shortcuts";
import { nameOf } from "../state/agents";
import classes from "./control.module.css";
import { type Control, wishesFor } from "./useControl";

export function Asking({ pop, control, asked }: { pop: Pop; control: Control; asked: Leg }) {
  const { t } = useTranslation();
  const agents = useDesk((desk) => desk.agents);
  const [joining, setJoining] = useState(false);
  const { pending, ask, fail } = control;
  const wishes = wishesFor(pop.call.id);
  const talks = asked.state === "connected";
  const name = nameOf(agents, asked.party) || asked.party;

  const complete = () => ask("complete", wishes.complete, (now) => now.own === undefined);
  const back = () => ask("back", wishes.back, (now) => now.asked === null);
  const join = () => {
    if (talks) ask("join", wishes.join, (now) => now.third !== null);
    else
      wishes.join().then(
        () => setJoining(true),
        (error: unknown) => fail("join", error),
      );
  };
  useShortcuts({ "Alt+A": complete, "Alt+B": back, "Alt+C": join });

  return (
    <div className={classes.asking} data-talks={talks} data-testid="asking">
      <div className={classes.askingWho} role="status">
        {talks ? <IconPhoneCall size={18} aria-hidden /> : <IconPhoneCalling size={18} aria-hidden />}
        <span>
          <Outside>{t(talks ? "control.asking.talks" : "control.asking.rings", { name })}</Outside>
        </span>
      </div>
      {joining && !talks && <div className={classes.askingMore}>{t("control.asking.joins")}</div>}
      <Group gap={8}>
        <Button
          size="xs"
          leftSection={<IconCheck size={16} />}
          loading={pending === "complete"}
          title={`${t("control.asking.handOver")} (Alt+A)`}
          onClick={complete}
        >
          {t("control.asking.handOver")}
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconUsersGroup size={16} />}
          loading={pending === "join"}
          disabled={joining && !talks}
          title={`${t("control.asking.all")} (Alt+C)`}
          onClick={join}
        >
          {t("control.asking.all")}
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconArrowBackUp size={16} />}
          loading={pending === "back"}
          title={`${t("control.asking.back")} (Alt+B)`}
          onClick={back}
        >
          {t("control.asking.back")}
        </Button>
      </Group>
    </div>
  );
}
