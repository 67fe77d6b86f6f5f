/** The ways on: hang up, choose the result, done. */
import { Button, Kbd, Select } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconCheck, IconPhoneOff } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type KeyboardEvent, useCallback, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, uniqueKey } from "../api/client";
import { useDispositions } from "../api/queries";
import type { Disposition, Pop } from "../api/types";
import { useProblemText } from "../parts/parts";
import { useLive } from "../shell/live";
import { useShortcuts } from "../shell/shortcuts";
import { FollowUpPlan, type Plan } from "./FollowUp";
import classes from "./popup.module.css";

export function PopFoot({ pop }: { pop: Pop }) {
  const { t } = useTranslation();
  const { notes } = useLive();
  const problemText = useProblemText();
  const result = useResult(pop);
  const params = { path: { call_id: pop.call.id } };
  const onError = (error: unknown) =>
    notifications.show({ color: "red", title: t("problem.title"), message: problemText(error) });
  const hangUp = useMutation({ mutationFn: () => ok(api.DELETE("/api/v1/calls/{call_id}/leg", { params })), onError });
  const done = useMutation({
    mutationFn: async () => {
      await notes.finish(pop.call.id);
      await result.makeTask();
      const body = { disposition_id: result.chosen?.id ?? null };
      return ok(api.PUT("/api/v1/calls/{call_id}/wrap-up", { params, body }));
    },
    onError,
  });
  const over = pop.state === "wrap_up";
  const canHangUp = pop.state === "talking" || pop.state === "dialling";
  const finish = () => over && !done.isPending && result.complete() && done.mutate();
  useShortcuts({
    "Alt+H": () => canHangUp && !hangUp.isPending && hangUp.mutate(),
    "Alt+Enter": finish,
    "Alt+R": result.open,
  });
  if (!over && !canHangUp) return null;
  return (
    <div className={classes.footStack}>
      {result.plan && result.chosen && (
        <FollowUpPlan
          key={result.chosen.id}
          plan={result.plan}
          words={result.chosen.follow_up_due}
          change={result.change}
        />
      )}
      <div className={classes.foot}>
        {pop.state !== "dialling" && result.field}
        {over ? (
          <Button leftSection={<IconCheck size={18} />} loading={done.isPending} onClick={finish}>
            {t("pop.done")}
          </Button>
        ) : (
          <Button
            color="red.8"
            leftSection={<IconPhoneOff size={18} />}
            loading={hangUp.isPending}
            onClick={() => hangUp.mutate()}
          >
            {t("pop.hangUp")}
          </Button>
        )}
      </div>
    </div>
  );
}

/** The choice of a result, and the task it brings along. */
function useResult(pop: Pop) {
  const { t, i18n } = useTranslation();
  const dispositions = useDispositions();
  const select = useRef<HTMLInputElement>(null);
  const [opened, setOpened] = useState(false);
  const [chosen, setChosen] = useState<Disposition | null>(null);
  const [plan, setPlan] = useState<Plan | null>(null);
  const [missing, setMissing] = useState<"result" | "due" | null>(null);
  // The same task sent again is made once; another one is another.
  const key = useRef(uniqueKey());
  const { queue } = pop.call;
  const items = (dispositions.data?.items ?? []).filter(
    (one) => !one.queues.length || one.queues.includes(queue ?? ""),
  );
  const rule = dispositions.data?.required;
  const required = items.length > 0 && rule !== undefined && (rule.every_call || rule.queues?.includes(queue ?? ""));
  const label = (one: Disposition) => (i18n.language === "de" ? one.label_de : one.label_en);

  const choose = (id: string | null) => {
    const one = items.find((item) => item.id === id) ?? null;
    key.current = uniqueKey();
    setMissing(null);
    setChosen(one);
    setPlan(one?.follow_up ? { wanted: true, text: one.follow_up_text || label(one), due: undefined } : null);
  };
  const change = useCallback((part: Partial<Plan>) => {
    key.current = uniqueKey();
    setMissing(null);
    setPlan((before) => before && { ...before, ...part });
  }, []);
  const press = (event: KeyboardEvent) => {
    const nth = /^[1-9]$/.test(event.key) ? items[Number(event.key) - 1] : undefined;
    if (!nth) return;
    event.preventDefault();
    choose(nth.id);
    setOpened(false);
  };

  const field = (
    <Select
      ref={select}
      flex={1}
      label={t("pop.result")}
      placeholder={t(required ? "pop.resultNeeded" : "pop.resultPlaceholder")}
      withAsterisk={required}
      error={missing && t(missing === "result" ? "pop.resultNeeded" : "pop.followUpNeedsTime")}
      value={chosen?.id ?? null}
      onChange={choose}
      onKeyDown={press}
      dropdownOpened={opened}
      onDropdownOpen={() => setOpened(true)}
      onDropdownClose={() => setOpened(false)}
      clearable
      data={items.map((one) => ({ value: one.id, label: label(one) }))}
      renderOption={({ option }) => {
        const nth = items.findIndex((one) => one.id === option.value) + 1;
        return (
          <span className={classes.option}>
            {option.label}
            {nth <= 9 && <Kbd size="xs">{nth}</Kbd>}
          </span>
        );
      }}
    />
  );

  return {
    chosen,
    plan,
    change,
    field,
    open: () => {
      select.current?.focus();
      setOpened(true);
    },
    /** Whether all is said; shows what is not. */
    complete(): boolean {
      const lacks =
        required && !chosen ? "result" : plan?.wanted && (plan.due === undefined || !plan.text.trim()) ? "due" : null;
      setMissing(lacks);
      if (lacks === "result") select.current?.focus();
      return lacks === null;
    },
    async makeTask(): Promise<void> {
      if (!plan?.wanted) return;
      const body = {
        text: plan.text.trim(),
        due_at: plan.due?.toISOString() ?? null,
        call_id: pop.call.id,
        remind_minutes: 0,
      };
      await ok(api.POST("/api/v1/tasks", { body, headers: { "Idempotency-Key": key.current } }));
    },
  };
}
