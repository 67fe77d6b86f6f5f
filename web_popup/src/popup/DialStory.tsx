/** What truly happens with a call that the agent placed. */
import { Button, Loader, Stack } from "@mantine/core";
import { IconPhone, IconPhoneOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Pop } from "../api/types";
import { useDial } from "../parts/dial";
import parts from "../parts/parts.module.css";
import { type DialProgress, dialProgress, otherParty } from "../state/progress";
import classes from "./popup.module.css";

const OVER: readonly DialProgress[] = ["busy", "no_answer", "own_no_answer", "failed"];

export function DialStory({ pop }: { pop: Pop }) {
  const { t } = useTranslation();
  const { dial, busyWith } = useDial();
  const progress = dialProgress(pop.call, pop.agent_extension);
  const over = pop.state === "closed" || pop.state === "wrap_up" || OVER.includes(progress);
  const number = otherParty(pop.call, pop.agent_extension).number;
  return (
    <Stack gap="sm" aria-live="polite">
      <div className={`${classes.progress} ${over ? parts.missed : parts.ring}`} data-testid="dial-progress">
        {over ? <IconPhoneOff size={20} aria-hidden /> : <Loader size={18} color="var(--ring-text)" aria-hidden />}
        {t(`progress.${progress}`)}
      </div>
      {over && number && (
        <Button
          variant="default"
          leftSection={<IconPhone size={17} />}
          disabled={busyWith !== null}
          onClick={() => dial(number, pop.match.contact?.id)}
        >
          {t("dial.again")}
        </Button>
      )}
    </Stack>
  );
}
