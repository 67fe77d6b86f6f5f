/** The customer waits in a slot: where, and the way to fetch them. */
import { Button } from "@mantine/core";
import { IconParking, IconPhoneIncoming } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Pop } from "../api/types";
import classes from "./control.module.css";
import { useControl, wishesFor } from "./useControl";

export function Parked({ pop }: { pop: Pop }) {
  const { t } = useTranslation();
  const { standing, pending, ask } = useControl(pop);
  if (standing.slot === null || pop.call.ended_at !== null) return null;
  return (
    <div className={classes.parked} data-testid="parked">
      <span className={classes.askingWho}>
        <IconParking size={18} aria-hidden />
        {t("control.parkedIn", { slot: standing.slot })}
      </span>
      <Button
        size="xs"
        leftSection={<IconPhoneIncoming size={16} />}
        loading={pending === "retrieve"}
        onClick={() => ask("retrieve", wishesFor(pop.call.id).retrieve, (now) => now.slot === null)}
      >
        {t("control.fetch")}
      </Button>
    </div>
  );
}
