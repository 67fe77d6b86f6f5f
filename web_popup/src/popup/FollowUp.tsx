/** The follow-up task of a call: closed until it is wanted. */
import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Pop } from "../api/types";
import { useShortcuts } from "../shell/shortcuts";
import { TaskForm } from "../tasks/TaskForm";

export function FollowUp({ pop }: { pop: Pop }) {
  const { t } = useTranslation();
  const [opened, { open, close }] = useDisclosure(false);
  useShortcuts({ "Alt+T": open });
  if (!opened) {
    return (
      <Button variant="default" leftSection={<IconPlus size={17} />} onClick={open} style={{ flex: "none" }}>
        {t("task.followUp")}
      </Button>
    );
  }
  return (
    <section aria-label={t("task.followUp")}>
      <TaskForm subject={{ call_id: pop.call.id }} done={close} />
    </section>
  );
}
