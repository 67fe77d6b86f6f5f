/** What both lists of the desk's page share. */
import { ActionIcon, Button, Group, MultiSelect, Title } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus } from "@tabler/icons-react";
import { type UseQueryResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { stale } from "../api/queries";
import { useQueueNames } from "../colleagues/queueNames";
import { Dialog } from "../parts/Dialog";
import { Card, Empty, Loading, Outside, Problem } from "../parts/parts";
import classes from "./desk.module.css";

interface Entry {
  id: string;
  position: number;
  queues: string[];
}

interface Props<T extends Entry> {
  title: string;
  /** To make a new one. */
  add: string;
  /** What stands there while there is none. */
  none: string;
  /** Of the list; read anew under `resource` after each change. */
  query: Pick<UseQueryResult, "isPending" | "isError" | "error" | "refetch">;
  resource: string;
  items: readonly T[];
  save: (id: string, wish: T) => Promise<unknown>;
  /** How one is shown: its name, and more facts than its queues. */
  face: (one: T) => { name: string; facts: (string | false | null | undefined)[]; retired?: boolean };
  /** To change one, or make a new one. */
  form: (one: T | null, position: number, done: () => void) => ReactNode;
  children?: ReactNode;
}

/** A list in an order of its own, whose entries are changed in a dialog. */
export function OwnOrder<T extends Entry>(props: Props<T>) {
  const { title, add, none, query, resource, items, save, face, form, children } = props;
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [editing, setEditing] = useState<T | "new" | null>(null);
  const order = useMutation({
    mutationFn: (moved: readonly T[]) =>
      Promise.all(
        moved.flatMap((one, position) => (one.position === position ? [] : [save(one.id, { ...one, position })])),
      ),
    onSettled: () => stale(queries, [resource]),
  });
  const swap = (at: number, other: number) => {
    const [here, there] = [items[at], items[other]];
    if (!here || !there || order.isPending) return undefined;
    return () => order.mutate(items.with(at, there).with(other, here));
  };
  const close = () => setEditing(null);
  // As it is now, should somebody else change it meanwhile.
  const one = editing === "new" ? null : (items.find((item) => item.id === editing?.id) ?? editing);
  return (
    <Card>
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h5">
          {title}
        </Title>
        <Button
          size="compact-md"
          variant="default"
          leftSection={<IconPlus size={16} />}
          onClick={() => setEditing("new")}
        >
          {add}
        </Button>
      </Group>
      {query.isPending && <Loading lines={3} />}
      {query.isError && <Problem error={query.error} retry={() => void query.refetch()} />}
      {order.isError && <Problem error={order.error} />}
      {!query.isPending && !query.isError && items.length === 0 && <Empty title={none} />}
      <ul className={classes.list}>
        {items.map((item, index) => {
          const { name, facts, retired } = face(item);
          return (
            <li key={item.id} className={classes.line} data-retired={retired || undefined}>
              <button type="button" className={classes.what} onClick={() => setEditing(item)}>
                <span className={classes.name}>
                  <Outside>{name}</Outside>
                </span>
                <span className={classes.facts}>
                  {[item.queues.join(", ") || t("desk.everyCall"), ...facts].map(
                    (fact) => fact && <span key={fact}>{fact}</span>,
                  )}
                </span>
              </button>
              <Group gap={2} wrap="nowrap">
                <Shift label={t("desk.up")} act={swap(index, index - 1)}>
                  <IconArrowUp size={16} />
                </Shift>
                <Shift label={t("desk.down")} act={swap(index, index + 1)}>
                  <IconArrowDown size={16} />
                </Shift>
              </Group>
            </li>
          );
        })}
      </ul>
      {children}
      <Dialog opened={editing !== null} onClose={close} title={editing === "new" ? add : t("common.edit")}>
        {editing !== null && form(one, items.length, close)}
      </Dialog>
    </Card>
  );
}

function Shift({ label, act, children }: { label: string; act: (() => void) | undefined; children: ReactNode }) {
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={label} disabled={!act} onClick={act}>
      {children}
    </ActionIcon>
  );
}

interface QueuesProps {
  label: string;
  value: string[];
  onChange: (queues: string[]) => void;
}

/** Queues by name: those the PBXs have, and those that are chosen already. */
export function QueuesField({ label, value, onChange }: QueuesProps) {
  const { t } = useTranslation();
  const names = new Set([...useQueueNames(), ...value]);
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
