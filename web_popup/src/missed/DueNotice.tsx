/** Tells of a missed caller who was put off until now. Shown at the page's edge. */
import { Button, Group, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPhoneX } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { MissedCall } from "../api/types";
import { notificationsWanted, notify } from "../notify/notifications";
import { Outside } from "../parts/parts";
import { useDesk } from "../shell/live";
import { agentAt } from "../state/agents";

const nameOf = (line: MissedCall) => line.contact?.name ?? line.organization?.name ?? (line.name || line.display);

export default function DueNotice() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const line = useDesk((desk) => desk.missedDue);
  const leading = useDesk((desk) => desk.leading);
  const quiet = useDesk((desk) => agentAt(desk.agents, desk.extension)?.do_not_disturb ?? false);
  const outside = useRef(false);
  outside.current = leading && !quiet && notificationsWanted() && !document.hasFocus();
  const toList = useRef(() => {}); // told once, wherever one goes meanwhile
  toList.current = () => void navigate("/missed");

  useEffect(() => {
    if (!line) return;
    const id = `missed ${line.id} ${line.version}`;
    const open = () => {
      notifications.hide(id);
      toList.current();
    };
    const name = nameOf(line);
    notifications.show({
      id,
      autoClose: false,
      closeButtonProps: { "aria-label": t("common.close") },
      icon: <IconPhoneX size={20} />,
      message: <Notice name={name} open={open} />,
    });
    const close = outside.current
      ? notify(
          {
            id,
            title: t("missed.dueNow", { name }),
            body: "",
            told: { callId: "", number: line.number, contactId: line.contact?.id ?? null },
            buttons: [{ action: "call_back", title: t("missed.callBack") }],
            lasting: false,
          },
          open,
        )
      : undefined;
    return close;
  }, [line, t]);
  return null;
}

/** Shown beside the page, where none of its providers reach: what it does is handed in. */
function Notice({ name, open }: { name: string; open: () => void }) {
  const { t } = useTranslation();
  return (
    <Stack gap={6} data-testid="missed-due">
      <Text fw={650} size="sm">
        {t("missed.dueTitle")}
      </Text>
      <Outside>{name}</Outside>
      <Group>
        <Button size="compact-sm" onClick={open}>
          {t("missed.toList")}
        </Button>
      </Group>
    </Stack>
  );
}
