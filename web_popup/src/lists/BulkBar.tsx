/** What is done with the contacts that are ticked. */
import { Button, Group, Select, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { CustomInputs, useFieldsOf } from "../contacts/custom";
import { Problem } from "../parts/parts";
import classes from "./lists.module.css";
import { type BulkChange, type Line, useChangeMany } from "./queries";

const FIELDS = ["city", "postal_code", "country", "language", "position"] as const;

export function BulkBar({ chosen, done }: { chosen: readonly Line[]; done: () => void }) {
  const { t } = useTranslation();
  const change = useChangeMany();
  const custom = useFieldsOf("contact");
  const [field, setField] = useState<string>("city");
  const [value, setValue] = useState("");
  const own = custom.find((one) => `custom.${one.key}` === field);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wish = own ? { custom: { [own.key]: value || null } } : { [field]: value.trim() };
    change.mutate({ lines: chosen, change: wish as unknown as BulkChange }, { onSuccess: done });
  };
  return (
    <form onSubmit={submit} className={classes.bulk} aria-label={t("lists.bulk")}>
      <Group gap="xs" align="flex-end">
        <b className={classes.count}>{t("lists.chosen", { count: chosen.length })}</b>
        <Select
          label={t("lists.bulkField")}
          data={[
            ...FIELDS.map((one) => ({ value: one as string, label: t(`duplicates.field.${one}`) })),
            ...custom.map((one) => ({ value: `custom.${one.key}`, label: one.name })),
          ]}
          value={field}
          allowDeselect={false}
          onChange={(one) => {
            setField(one ?? "city");
            setValue("");
          }}
        />
        {own ? (
          <CustomInputs
            fields={[own]}
            values={{ [field]: value }}
            set={(_name, typed) => setValue(typed)}
            problem={null}
          />
        ) : (
          <TextInput
            label={t("lists.bulkValue")}
            value={value}
            onChange={(event) => setValue(event.currentTarget.value)}
          />
        )}
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
