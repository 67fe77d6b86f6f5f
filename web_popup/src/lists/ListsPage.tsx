/** Contacts by what is known about them: filtered, kept, changed many at once, exported. */
import { Anchor, Button, Checkbox, Group, Select, Table, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconFileExport, IconListSearch } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { ContactTabs } from "../contacts/ContactTabs";
import { dialable } from "../contacts/numbers";
import { useFormat } from "../parts/format";
import { Empty, NumberWithDial, Outside, Pages, PageTitle } from "../parts/parts";
import { BulkBar } from "./BulkBar";
import { FilterBar } from "./FilterBar";
import { type Filters, fromAddress, toAddress } from "./filters";
import classes from "./lists.module.css";
import { fileAddress, type Line, type Sort, useCount, useLines } from "./queries";
import { SavedLists } from "./SavedLists";

const TYPING_MS = 200;

export default function ListsPage() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const [filters, setFilters] = useState(() => fromAddress(params));
  const [asked] = useDebouncedValue(filters, TYPING_MS);
  const [sort, setSort] = useState<Sort>("name");
  const [chosen, setChosen] = useState<ReadonlyMap<string, Line>>(new Map());
  const count = useCount(asked).data?.count;

  useEffect(() => setParams(toAddress(asked), { replace: true }), [asked, setParams]);
  const change = (wanted: Filters) => {
    setFilters(wanted);
    setChosen(new Map());
  };

  return (
    <>
      <PageTitle title={t("lists.title")}>
        <Button
          component="a"
          href={fileAddress(asked, sort)}
          download
          variant="default"
          leftSection={<IconFileExport size={18} />}
        >
          {t("lists.export")}
        </Button>
      </PageTitle>
      <ContactTabs active="lists" />
      <SavedLists filters={filters} open={change} />
      <FilterBar filters={filters} change={change} />
      <Group justify="space-between" mb="sm">
        <Text c="dimmed" role="status">
          {count === undefined ? " " : t("lists.count", { count })}
        </Text>
        <Select
          size="xs"
          aria-label={t("lists.sort")}
          allowDeselect={false}
          data={[
            { value: "name", label: t("lists.byName") },
            { value: "newest", label: t("lists.byNewest") },
          ]}
          value={sort}
          onChange={(value) => setSort(value === "newest" ? "newest" : "name")}
        />
      </Group>
      {chosen.size > 0 && <BulkBar chosen={[...chosen.values()]} done={() => setChosen(new Map())} />}
      <Lines filters={asked} sort={sort} chosen={chosen} choose={setChosen} />
    </>
  );
}

interface LinesProps {
  filters: Filters;
  sort: Sort;
  chosen: ReadonlyMap<string, Line>;
  choose: (chosen: ReadonlyMap<string, Line>) => void;
}

function Lines({ filters, sort, chosen, choose }: LinesProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const lines = useLines(filters, sort);
  const toggle = (line: Line, on: boolean) => {
    const next = new Map(chosen);
    if (on) next.set(line.id, line);
    else next.delete(line.id);
    choose(next);
  };
  return (
    <Pages
      query={lines}
      empty={
        <Empty icon={<IconListSearch size={40} stroke={1.3} />} title={t("lists.nobody")}>
          <Text>{t("lists.nobodyHint")}</Text>
        </Empty>
      }
    >
      {(items) => (
        <Table className={classes.table} verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={40}>
                <Checkbox
                  aria-label={t("lists.chooseAll")}
                  checked={items.every((one) => chosen.has(one.id))}
                  indeterminate={chosen.size > 0 && !items.every((one) => chosen.has(one.id))}
                  onChange={(event) =>
                    choose(event.currentTarget.checked ? new Map(items.map((one) => [one.id, one])) : new Map())
                  }
                />
              </Table.Th>
              <Table.Th>{t("lists.who")}</Table.Th>
              <Table.Th>{t("lists.field.city")}</Table.Th>
              <Table.Th>{t("contacts.numbers")}</Table.Th>
              <Table.Th>{t("lists.lastContact")}</Table.Th>
              <Table.Th>{t("lists.openTasks")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((line) => (
              <Table.Tr key={line.id} data-chosen={chosen.has(line.id) || undefined}>
                <Table.Td>
                  <Checkbox
                    aria-label={t("lists.choose", { name: line.name })}
                    checked={chosen.has(line.id)}
                    onChange={(event) => toggle(line, event.currentTarget.checked)}
                  />
                </Table.Td>
                <Table.Td>
                  <Anchor component={Link} to={`/contacts/${line.id}`} fw={600}>
                    <Outside>{line.name}</Outside>
                  </Anchor>
                  {line.organization && (
                    <Text size="sm" c="dimmed">
                      <Outside>{line.organization.name}</Outside>
                    </Text>
                  )}
                </Table.Td>
                <Table.Td data-label={t("lists.field.city")}>
                  {line.city ? <Outside>{`${line.postal_code} ${line.city}`.trim()}</Outside> : "–"}
                </Table.Td>
                <Table.Td data-label={t("contacts.numbers")}>
                  {line.numbers[0] ? (
                    <NumberWithDial
                      number={dialable(line.numbers[0])}
                      display={line.numbers[0].display}
                      contactId={line.id}
                    />
                  ) : (
                    "–"
                  )}
                </Table.Td>
                <Table.Td data-label={t("lists.lastContact")}>
                  {line.last_contact_at ? format.moment(line.last_contact_at) : t("lists.never")}
                </Table.Td>
                <Table.Td data-label={t("lists.openTasks")}>{line.open_tasks || "–"}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Pages>
  );
}
