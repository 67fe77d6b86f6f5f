/** Which part of a timeline is shown. */
import { Button, Chip, Group, Select, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type TimelineFilter as Filter, useUsers } from "../api/queries";
import classes from "./contacts.module.css";

const KINDS = ["call", "note", "task"] as const;

interface Props {
  filter: Filter;
  change: (filter: Filter) => void;
}

export default function TimelineFilter({ filter, change }: Props) {
  const { t } = useTranslation();
  const users = useUsers().data ?? [];
  const set = (part: Partial<Filter>) => change({ ...filter, ...part });
  return (
    <div className={classes.filter}>
      <Chip.Group multiple value={filter.kinds ?? []} onChange={(kinds) => set({ kinds: kinds as Filter["kinds"] })}>
        <Group gap={6} role="group" aria-label={t("timeline.kinds")}>
          {KINDS.map((kind) => (
            <Chip key={kind} value={kind} size="xs">
              {t(`timeline.kind.${kind}`)}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      <TextInput
        size="xs"
        type="search"
        aria-label={t("timeline.text")}
        placeholder={t("timeline.textHint")}
        value={filter.q ?? ""}
        onChange={(event) => set({ q: event.currentTarget.value })}
      />
      <Select
        size="xs"
        clearable
        searchable
        aria-label={t("timeline.colleague")}
        placeholder={t("timeline.anyone")}
        data={users.map((one) => ({ value: one.id, label: one.name }))}
        value={filter.colleague ?? null}
        onChange={(colleague) => set({ colleague: colleague ?? undefined })}
      />
      <TextInput
        size="xs"
        type="date"
        aria-label={t("timeline.since")}
        value={filter.from ?? ""}
        onChange={(event) => set({ from: event.currentTarget.value || undefined })}
      />
      <TextInput
        size="xs"
        type="date"
        aria-label={t("timeline.until")}
        value={filter.to ?? ""}
        onChange={(event) => set({ to: event.currentTarget.value || undefined })}
      />
      <Button size="xs" variant="subtle" leftSection={<IconX size={14} />} onClick={() => change({})}>
        {t("timeline.clear")}
      </Button>
    </div>
  );
}
