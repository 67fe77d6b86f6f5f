/** What is done with the contacts that are ticked. */
import { Button, Group, Select, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "../parts/parts";
import classes from "./lists.module.css";
import { type BulkChange, type Line, useChangeMany } from "./queries";

const FIELDS = ["city", "postal_code", "country", "language", "position"] as const;
type Field = (typeof FIELDS)[number];

export function BulkBar({ chosen, done }: { chosen: readonly Line[]; done: () => void }) {
  const { t } = useTranslation();
  const change = useChangeMany();
  const [field, setField] = useState<Field>("city");
  const [value, setValue] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wish = { [field]: value.trim() } as unknown as BulkChange;
    change.mutate({ lines: chosen, change: wish }, { onSuccess: done });
  };
  return (
    <form onSubmit={submit} className={classes.bulk} aria-label={t("lists.bulk")}>
      <Group gap="xs" align="flex-end">
        <b className={classes.count}>{t("lists.chosen", { count: chosen.length })}</b>
        <Select
          label={t("lists.bulkField")}
          data={FIELDS.map((one) => ({ value: one, label: t(`duplicates.field.${one}`) }))}
          value={field}
          allowDeselect={false}
          onChange={(one) => one && setField(one as Field)}
        />
        <TextInput
          label={t("lists.bulkValue")}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
        <Button type="submit" loading={change.isPending}>
          {t("lists.bulkSet", { count: chosen.length })}
        </Button>
        <Button variant="subtle" onClick={done}>
          {t("common.cancel")}
        </Button>
      </Group>
      {change.isError && <Problem error={change.error} />}
    </form>
  );
}
