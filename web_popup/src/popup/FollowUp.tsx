/** The follow-up task of a call: closed until it is wanted. */
import { Button, Checkbox, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Pop } from "../api/types";
import { useShortcuts } from "../shell/shortcuts";
import { type Due, DueField } from "../tasks/DueField";
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

/** The task that a result brings along. */
export interface Plan {
  wanted: boolean;
  text: string;
  due: Due;
}

/** What will be done about it, made when the agent is done with the call. */
export function FollowUpPlan({
  plan,
  words,
  change,
}: {
  plan: Plan;
  words: string;
  change: (part: Partial<Plan>) => void;
}) {
  const { t } = useTranslation();
  return (
    <Stack gap={6} data-testid="follow-up-plan">
      <Checkbox
        label={t("task.followUp")}
        checked={plan.wanted}
        onChange={(event) => change({ wanted: event.currentTarget.checked })}
      />
      {plan.wanted && (
        <>
          <TextInput
            aria-label={t("task.text")}
            maxLength={500}
            dir="auto"
            value={plan.text}
            onChange={(event) => change({ text: event.currentTarget.value })}
          />
          <DueField due={plan.due} words={words} onChange={(due) => change({ due })} />
        </>
      )}
    </Stack>
  );
}
