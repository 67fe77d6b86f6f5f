/** Marks a number as spam, or no longer: one key, and the same key undoes it. */
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconArrowBackUp, IconBan } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import type { Pop } from "../api/types";
import { useProblemText } from "../parts/parts";
import { useShortcuts } from "../shell/shortcuts";
import { callerKind } from "../state/callers";
import { otherParty } from "../state/progress";

export function SpamMark({ pop }: { pop: Pop }) {
  const { t } = useTranslation();
  const problemText = useProblemText();
  const number = otherParty(pop.call, pop.agent_extension).number ?? "";
  const marked = pop.spam !== null;
  const kind = callerKind(pop);
  // Who is known is not marked by a slip of the hand.
  const offered = number !== "" && (marked || kind === "unknown" || kind === "ambiguous");
  const params = { path: { number } };
  const mark = useMutation({
    mutationFn: async (on: boolean) => {
      if (on) await ok(api.PUT("/api/v1/spam-numbers/{number}", { params }));
      else await ok(api.DELETE("/api/v1/spam-numbers/{number}", { params }));
    },
    onSuccess: (_done, on) => notifications.show({ message: t(on ? "spam.marked" : "spam.unmarked") }),
    onError: (error) => notifications.show({ color: "red", title: t("problem.title"), message: problemText(error) }),
  });
  useShortcuts({ "Alt+J": () => offered && !mark.isPending && mark.mutate(!marked) });
  if (!offered) return null;
  return (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={marked ? <IconArrowBackUp size={15} /> : <IconBan size={15} />}
      title={`${t(marked ? "spam.unmark" : "spam.mark")} (Alt+J)`}
      loading={mark.isPending}
      onClick={() => mark.mutate(!marked)}
    >
      {t(marked ? "spam.unmark" : "spam.mark")}
    </Button>
  );
}
