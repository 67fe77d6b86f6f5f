/** The lists one keeps: to open, keep anew, share, remove. */
import { ActionIcon, Button, Checkbox, Group, Popover, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconBookmark, IconTrash, IconUsersGroup } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Outside, Problem } from "../parts/parts";
import { useLive } from "../shell/live";
import { type Filters, isSame } from "./filters";
import classes from "./lists.module.css";
import { useForgetList, useKeepList, useSavedLists } from "./queries";

interface Props {
  filters: Filters;
  open: (filters: Filters) => void;
}

export function SavedLists({ filters, open }: Props) {
  const { t } = useTranslation();
  const { session } = useLive();
  const saved = useSavedLists();
  const forget = useForgetList();
  const mayRemove = (mine: boolean) => mine || session.role === "manager" || session.role === "admin";
  const lists = saved.data ?? [];
  const known = lists.some((one) => isSame(one.filters, filters));
  return (
    <Group gap="xs" mb="md" className={classes.saved}>
      {lists.map((list) => (
        <span key={list.id} className={classes.savedOne}>
          <Button
            size="compact-md"
            variant={isSame(list.filters, filters) ? "filled" : "default"}
            leftSection={list.shared ? <IconUsersGroup size={16} /> : <IconBookmark size={16} />}
            aria-pressed={isSame(list.filters, filters)}
            onClick={() => open(list.filters)}
          >
            <Outside>{list.name}</Outside>
          </Button>
          {isSame(list.filters, filters) && mayRemove(list.mine) && (
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t("lists.forget", { name: list.name })}
              onClick={() => forget.mutate(list)}
            >
              <IconTrash size={16} />
            </ActionIcon>
          )}
        </span>
      ))}
      {!known && Object.keys(filters).length > 0 && <Keep filters={filters} />}
      {saved.isError && <Problem error={saved.error} retry={() => void saved.refetch()} />}
    </Group>
  );
}

function Keep({ filters }: { filters: Filters }) {
  const { t } = useTranslation();
  const keep = useKeepList();
  const [opened, { toggle, close }] = useDisclosure(false);
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    keep.mutate({ name: name.trim(), shared, filters }, { onSuccess: close });
  };
  return (
    <Popover opened={opened} onChange={close} trapFocus shadow="md" position="bottom-start">
      <Popover.Target>
        <Button size="compact-md" variant="subtle" leftSection={<IconBookmark size={16} />} onClick={toggle}>
          {t("lists.keep")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={submit}>
          <Stack gap="sm">
            <TextInput
              label={t("lists.name")}
              value={name}
              maxLength={80}
              required
              data-autofocus
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Checkbox
              label={t("lists.share")}
              checked={shared}
              onChange={(event) => setShared(event.currentTarget.checked)}
            />
            {keep.isError && <Problem error={keep.error} />}
            <Button type="submit" loading={keep.isPending} disabled={!name.trim()}>
              {t("common.save")}
            </Button>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
