/** The filters over the call list. */
import { Button, Select, TextInput } from "@mantine/core";
import { IconSearch, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useQueueNames } from "../colleagues/queueNames";
import { useDesk, useLive } from "../shell/live";
import { type Chosen, DIRECTIONS, isFiltered, NOTHING_CHOSEN, OUTCOMES } from "./filters";
import classes from "./filters.module.css";
import { PeriodFields } from "./PeriodFields";

export function CallFilters({ chosen, choose }: { chosen: Chosen; choose: (chosen: Chosen) => void }) {
  const { t } = useTranslation();
  const { session } = useLive();
  const agents = useDesk((desk) => desk.agents);
  const set = (part: Partial<Chosen>) => choose({ ...chosen, ...part });
  const seesAll = session.role === "manager" || session.role === "admin";
  const queueNames = useQueueNames();

  return (
    <search className={classes.filters} aria-label={t("calls.filters")}>
      <TextInput
        className={classes.search}
        type="search"
        label={t("common.search")}
        placeholder={t("calls.search")}
        leftSection={<IconSearch size={17} />}
        value={chosen.q}
        onChange={(event) => set({ q: event.currentTarget.value })}
      />
      <PeriodFields chosen={chosen} set={set} />
      <Choice
        label={t("calls.direction")}
        value={chosen.direction}
        choose={(direction) => set({ direction })}
        data={DIRECTIONS.map((value) => ({ value, label: t(`direction.${value}`) }))}
      />
      <Choice
        label={t("calls.outcome")}
        value={chosen.outcome}
        choose={(outcome) => set({ outcome })}
        data={OUTCOMES.map((value) => ({ value, label: t(`outcome.${value}`) }))}
      />
      {queueNames.length > 0 && (
        <Choice
          label={t("calls.queue")}
          value={chosen.queue}
          choose={(queue) => set({ queue })}
          data={queueNames.map((value) => ({ value, label: value }))}
        />
      )}
      {seesAll && (
        <Choice
          label={t("calls.agent")}
          value={chosen.agent}
          choose={(agent) => set({ agent })}
          data={Object.values(agents).map((agent) => ({ value: agent.extension, label: agent.name }))}
        />
      )}
      {isFiltered(chosen) && (
        <Button variant="subtle" leftSection={<IconX size={16} />} onClick={() => choose(NOTHING_CHOSEN)}>
          {t("calls.clear")}
        </Button>
      )}
    </search>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  choose: (value: string) => void;
  data: { value: string; label: string }[];
}

function Choice({ label, value, choose, data }: ChoiceProps) {
  const { t } = useTranslation();
  const all = { value: "", label: t("common.all") };
  return (
    <Select
      label={label}
      value={value}
      allowDeselect={false}
      onChange={(next) => choose(next ?? "")}
      data={[all, ...data]}
    />
  );
}
