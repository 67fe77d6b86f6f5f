/** Two contacts that may be one: field by field, to choose what stays. */
import { Button, Group, Radio, Stack, Text } from "@mantine/core";
import { IconArrowMerge, IconArrowsExchange, IconUsers } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFieldsOf } from "../contacts/custom";
import { CONTACT_FIELDS } from "../contacts/fields";
import { Outside, Problem } from "../parts/parts";
import classes from "./duplicates.module.css";
import { lines, wishFor } from "./fields";
import { type Pair, useMerge, useTellApart } from "./queries";

export function Comparison({ pair, done }: { pair: Pair; done?: () => void }) {
  const { t } = useTranslation();
  const merge = useMerge();
  const apart = useTellApart();
  const [swapped, setSwapped] = useState(false);
  const [fromGone, setFromGone] = useState<ReadonlySet<string>>(new Set());
  const [kept, gone] = swapped ? [pair.second, pair.first] : [pair.first, pair.second];
  const all = lines(kept, gone);
  const pending = merge.isPending || apart.isPending;

  const choose = (name: string, theirs: boolean) =>
    setFromGone((before) => new Set(theirs ? [...before, name] : [...before].filter((one) => one !== name)));
  const custom = useFieldsOf("contact");
  const label = (name: string) => {
    const known = CONTACT_FIELDS.find((one) => one === name);
    if (known) return t(`duplicates.field.${known}`);
    const key = name.slice("custom.".length);
    return custom.find((one) => one.key === key)?.name ?? key;
  };

  return (
    <Stack gap="md">
      <table className={classes.table}>
        <thead>
          <tr>
            <td />
            <th scope="col">{t("duplicates.stays")}</th>
            <th scope="col">{t("duplicates.goes")}</th>
          </tr>
        </thead>
        <tbody>
          {all.map((one) => (
            <tr key={one.name} data-differs={one.differs || undefined}>
              <th scope="row">{label(one.name)}</th>
              {[one.first, one.second].map((value, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the first is the one that stays
                <td key={index}>
                  {one.differs ? (
                    <Radio
                      size="sm"
                      label={<Outside>{value}</Outside>}
                      checked={fromGone.has(one.name) === (index === 1)}
                      onChange={() => choose(one.name, index === 1)}
                      name={`${pair.first.id}-${pair.second.id}-${one.name}`}
                    />
                  ) : (
                    <Outside>{value || "–"}</Outside>
                  )}
                </td>
              ))}
            </tr>
          ))}
          <tr>
            <th scope="row">{t("contacts.numbers")}</th>
            {[kept, gone].map((who) => (
              <td key={who.id}>{who.numbers.map((one) => one.display).join(", ") || "–"}</td>
            ))}
          </tr>
        </tbody>
      </table>
      <Text size="sm" c="dimmed">
        {t("duplicates.hint")}
      </Text>
      {merge.isError && <Problem error={merge.error} />}
      {apart.isError && <Problem error={apart.error} />}
      <Group gap="xs">
        <Button
          leftSection={<IconArrowMerge size={18} />}
          loading={merge.isPending}
          disabled={pending}
          onClick={() =>
            merge.mutate({ keptId: kept.id, wish: wishFor(kept, gone, fromGone) }, { onSuccess: () => done?.() })
          }
        >
          {t("duplicates.merge")}
        </Button>
        <Button
          variant="default"
          leftSection={<IconUsers size={18} />}
          loading={apart.isPending}
          disabled={pending}
          onClick={() => apart.mutate(pair, { onSuccess: () => done?.() })}
        >
          {t("duplicates.distinct")}
        </Button>
        <Button
          variant="subtle"
          leftSection={<IconArrowsExchange size={18} />}
          onClick={() => {
            setSwapped(!swapped);
            setFromGone(new Set());
          }}
        >
          {t("duplicates.swap")}
        </Button>
      </Group>
    </Stack>
  );
}
