/** Takes a call that rings at a colleague: the own phone rings, and has it when it answers. */
import { ActionIcon } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPhoneIncoming } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import type { Agent } from "../api/types";
import { useRefusalText } from "../control/useControl";
import classes from "./colleagues.module.css";

export function PickUp({ callId, agent }: { callId: string; agent: Agent }) {
  const { t } = useTranslation();
  const refusalText = useRefusalText();
  const take = useMutation({
    mutationFn: () =>
      ok(
        api.POST("/api/v1/calls/{call_id}/pick-up", {
          params: { path: { call_id: callId } },
          body: { extension: agent.extension },
        }),
      ),
    onSuccess: () => notifications.show({ message: t("colleagues.ownPhoneRings") }),
    onError: (error) => notifications.show({ color: "red", title: t("problem.title"), message: refusalText(error) }),
  });
  const label = t("colleagues.pickUp", { name: agent.name });
  return (
    <ActionIcon
      className={classes.pickUp}
      aria-label={label}
      title={label}
      loading={take.isPending}
      onClick={() => take.mutate()}
    >
      <IconPhoneIncoming size={18} />
    </ActionIcon>
  );
}
