/** Which lines are shown: kind, search, queue, period, order. */
import { Button, SegmentedControl, Select, TextInput } from "@mantine/core";
import { IconDownload, IconSearch, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import filters from "../calls/filters.module.css";
import { PeriodFields } from "../calls/PeriodFields";
import { useQueueNames } from "../colleagues/queueNames";
import { useLive } from "../shell/live";
import { type Chosen, filterOf, isNarrowed, NOTHING_CHOSEN, type Shown, SORTS, STATES } from "./filters";
import classes from "./missed.module.css";

export function MissedFilters({ chosen, choose }: { chosen: Chosen; choose: (chosen: Chosen) => void }) {
  const { t } = useTranslation();
  const { session } = useLive();
  const set = (part: Partial<Chosen>) => choose({ ...chosen, ...part });
  const queueNames = useQueueNames();
  const exports = session.role === "manager" || session.role === "admin";
  return (
    <search aria-label={t("calls.filters")}>
      <div className={classes.states}>
        <SegmentedControl
          aria-label={t("missed.show")}
          value={chosen.call ? "" : chosen.state}
          onChange={(state) => set({ state: state as Shown, call: "" })}
          data={STATES.map((value) => ({ value, label: t(`missed.state.${value}`) }))}
        />
        {exports && (
          <Button
            component="a"
            href={exportAddress(chosen)}
            download
            variant="subtle"
            leftSection={<IconDownload size={17} />}
          >
            {t("missed.export")}
          </Button>
        )}
      </div>
      <div className={filters.filters}>
        <TextInput
          className={filters.search}
          type="search"
          label={t("common.search")}
          placeholder={t("calls.search")}
          leftSection={<IconSearch size={17} />}
          value={chosen.q}
          onChange={(event) => set({ q: event.currentTarget.value, call: "" })}
        />
        <Select
          label={t("missed.sortBy")}
          value={chosen.sort}
          allowDeselect={false}
          onChange={(sort) => set({ sort: SORTS.find((one) => one === sort) ?? "due" })}
          data={SORTS.map((value) => ({ value, label: t(`missed.sort.${value}`) }))}
        />
        <PeriodFields chosen={chosen} set={(part) => set({ ...part, call: "" })} />
        {queueNames.length > 0 && (
          <Select
            label={t("calls.queue")}
            value={chosen.queue}
            allowDeselect={false}
            onChange={(queue) => set({ queue: queue ?? "", call: "" })}
            data={[{ value: "", label: t("common.all") }, ...queueNames]}
          />
        )}
        {isNarrowed(chosen) && (
          <Button
            variant="subtle"
            leftSection={<IconX size={16} />}
            onClick={() => choose({ ...NOTHING_CHOSEN, state: chosen.state, sort: chosen.sort })}
          >
            {t("calls.clear")}
          </Button>
        )}
      </div>
    </search>
  );
}

function exportAddress(chosen: Chosen): string {
  const filter = Object.entries(filterOf(chosen, new Date())).map(([name, value]) => [name, String(value)]);
  return `/api/v1/missed-calls/export?${new URLSearchParams(filter)}`;
}
