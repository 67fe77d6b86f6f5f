/** What the list is made by. */
import { Button, Collapse, Group, Select, SimpleGrid, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconAdjustmentsHorizontal, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { CustomInputs, useFieldsOf } from "../contacts/custom";
import { customTexts, type Filters, tidy, withCustom } from "./filters";

interface Props {
  filters: Filters;
  change: (filters: Filters) => void;
}

const YES_NO = ["has_email", "has_number", "do_not_call", "open_task"] as const;
const TEXTS = ["postal_code", "city", "country", "language"] as const;
const DAYS = ["7", "30", "90", "180", "365"];

export function FilterBar({ filters, change }: Props) {
  const { t } = useTranslation();
  const set = (part: Partial<Filters>) => change(tidy({ ...filters, ...part }));
  const { q, ...others } = filters;
  const active = Object.keys(tidy(others)).length;
  const [open, { toggle }] = useDisclosure(false);
  const custom = useFieldsOf("contact");
  const days = (prefix: "within" | "quiet") =>
    DAYS.map((value) => ({ value, label: t(`lists.${prefix}`, { count: Number(value) }) }));
  const asDays = (value: string | null) => (value === null ? null : Number(value));

  return (
    <>
      <Group gap="xs" align="flex-end" mb="xs">
        <TextInput
          type="search"
          label={t("lists.words")}
          value={q ?? ""}
          onChange={(event) => set({ q: event.currentTarget.value })}
          style={{ flex: "1 1 14rem" }}
        />
        <Button
          variant="default"
          leftSection={<IconAdjustmentsHorizontal size={18} />}
          aria-expanded={open}
          onClick={toggle}
        >
          {active > 0 ? t("lists.filtersActive", { count: active }) : t("lists.filters")}
        </Button>
        {active > 0 && (
          <Button variant="subtle" leftSection={<IconX size={18} />} onClick={() => change(q ? { q } : {})}>
            {t("lists.clear")}
          </Button>
        )}
      </Group>
      <Collapse expanded={open}>
        <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm" mb="md">
          {TEXTS.map((name) => (
            <TextInput
              key={name}
              label={t(`lists.field.${name}`)}
              value={filters[name] ?? ""}
              onChange={(event) => set({ [name]: event.currentTarget.value })}
            />
          ))}
          {YES_NO.map((name) => (
            <Select
              key={name}
              label={t(`lists.field.${name}`)}
              placeholder={t("common.all")}
              clearable
              data={[
                { value: "yes", label: t("lists.yes") },
                { value: "no", label: t("lists.no") },
              ]}
              value={filters[name] === undefined || filters[name] === null ? null : filters[name] ? "yes" : "no"}
              onChange={(value) => set({ [name]: value === null ? null : value === "yes" })}
            />
          ))}
          <Select
            label={t("lists.field.contacted_days")}
            placeholder={t("common.all")}
            clearable
            data={days("within")}
            value={filters.contacted_days?.toString() ?? null}
            onChange={(value) => set({ contacted_days: asDays(value) })}
          />
          <Select
            label={t("lists.field.quiet_days")}
            placeholder={t("common.all")}
            clearable
            data={days("quiet")}
            value={filters.quiet_days?.toString() ?? null}
            onChange={(value) => set({ quiet_days: asDays(value) })}
          />
          {(["created_from", "created_until"] as const).map((name) => (
            <TextInput
              key={name}
              type="date"
              label={t(`lists.field.${name}`)}
              value={filters[name] ?? ""}
              onChange={(event) => set({ [name]: event.currentTarget.value })}
            />
          ))}
          <CustomInputs
            fields={custom}
            values={customTexts(filters)}
            set={(name, value) => change(withCustom(filters, custom, name, value))}
            problem={null}
          />
        </SimpleGrid>
      </Collapse>
    </>
  );
}
