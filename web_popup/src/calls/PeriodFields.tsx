/** Which period a list of calls shows: in words, or from one moment to another. */
import { Select, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type Chosen, PERIODS, type Period } from "./filters";

type Part = Pick<Chosen, "period" | "since" | "until">;

export function PeriodFields({ chosen, set }: { chosen: Part; set: (part: Partial<Part>) => void }) {
  const { t } = useTranslation();
  return (
    <>
      <Select
        label={t("calls.period")}
        value={chosen.period}
        allowDeselect={false}
        onChange={(period) => period && set({ period: period as Period })}
        data={PERIODS.map((value) => ({ value, label: t(`calls.${value}`) }))}
      />
      {chosen.period === "range" &&
        (["since", "until"] as const).map((end) => (
          <TextInput
            key={end}
            type="datetime-local"
            label={t(`calls.${end}`)}
            value={chosen[end]}
            onChange={(event) => set({ [end]: event.currentTarget.value })}
          />
        ))}
    </>
  );
}
