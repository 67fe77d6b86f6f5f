/** What both lists of the desk's page share. */
import { ActionIcon, Button, Group, MultiSelect, Title } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Card } from "../parts/parts";
import { useDesk } from "../shell/live";
import classes from "./desk.module.css";

export function Section({
  title,
  add,
  onAdd,
  children,
}: {
  title: string;
  add: string;
  onAdd: () => void;
  children: ReactNode;
}) {
  return (
    <Card>
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h5">
          {title}
        </Title>
        <Button size="compact-md" variant="default" leftSection={<IconPlus size={16} />} onClick={onAdd}>
          {add}
        </Button>
      </Group>
      {children}
    </Card>
  );
}

/** Queues by name: those the PBXs have, and those that are chosen already. */
export function QueuesField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string[];
  onChange: (queues: string[]) => void;
}) {
  const { t } = useTranslation();
  const queues = useDesk((desk) => desk.queues);
  const names = new Set([...Object.values(queues).map((queue) => queue.name), ...value]);
  return (
    <MultiSelect
      label={label}
      placeholder={value.length ? undefined : t("desk.everyCall")}
      value={value}
      onChange={onChange}
      data={[...names].sort()}
      clearable
    />
  );
}

export function Line({
  children,
  retired = false,
  up,
  down,
}: {
  children: ReactNode;
  retired?: boolean;
  up?: (() => void) | undefined;
  down?: (() => void) | undefined;
}) {
  const { t } = useTranslation();
  return (
    <li className={classes.line} data-retired={retired || undefined}>
      {children}
      <Group gap={2} wrap="nowrap">
        <ActionIcon variant="subtle" color="gray" aria-label={t("desk.up")} disabled={!up} onClick={up}>
          <IconArrowUp size={16} />
        </ActionIcon>
        <ActionIcon variant="subtle" color="gray" aria-label={t("desk.down")} disabled={!down} onClick={down}>
          <IconArrowDown size={16} />
        </ActionIcon>
      </Group>
    </li>
  );
}
