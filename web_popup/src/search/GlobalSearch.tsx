/** The search over everything: as one types, with the keyboard alone. */
import { Group, Kbd, Loader, Modal, Text, TextInput, UnstyledButton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconClock, IconPhone, IconSearch } from "@tabler/icons-react";
import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useSearch } from "../api/queries";
import type { SearchHit } from "../api/types";
import { dialable } from "../contacts/numbers";
import { useDial } from "../parts/dial";
import { Empty, Loading, Problem } from "../parts/parts";
import { useLive } from "../shell/live";
import { Hit } from "./Hit";
import { looksDialable } from "./marks";
import { forgetSearches, recentSearches, rememberSearch } from "./recent";
import classes from "./search.module.css";

interface Choice {
  key: string;
  show: ReactNode;
  open: () => void;
  dial?: () => void;
}

const DEBOUNCE_MS = 60;

export default function GlobalSearch({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { dial } = useDial();
  const { session } = useLive();
  const listId = useId();
  const [typed, setTyped] = useState("");
  const [q] = useDebouncedValue(typed.trim(), DEBOUNCE_MS);
  const [wish, setWish] = useState<"open" | "dial" | null>(null);
  const [chosen, setChosen] = useState(0);
  const [recent, setRecent] = useState(() => recentSearches(session.user.id));
  const search = useSearch(q);
  const hits = q ? (search.data?.items ?? []) : [];

  const leave = () => {
    rememberSearch(session.user.id, typed);
    close();
  };
  const call = (number: string, contactId?: string) => {
    leave();
    dial(number, contactId);
  };
  const choiceOf = (hit: SearchHit): Choice => {
    const { number } = hit;
    return {
      key: `${hit.kind} ${hit.id}`,
      show: <Hit hit={hit} />,
      open: () => {
        leave();
        void navigate(pathOf(hit));
      },
      dial: number ? () => call(dialable(number), hit.contact_id ?? undefined) : undefined,
    };
  };
  const choices: Choice[] = q
    ? [...hits.map(choiceOf), ...(looksDialable(typed) ? [dialChoice(typed.trim())] : [])]
    : recent.map((query) => ({
        key: query,
        show: (
          <Group gap="xs" wrap="nowrap">
            <IconClock size={17} color="var(--quiet)" aria-hidden />
            <bdi>{query}</bdi>
          </Group>
        ),
        open: () => setTyped(query),
      }));

  function dialChoice(number: string): Choice {
    return {
      key: "dial",
      show: (
        <Group gap="xs" wrap="nowrap">
          <IconPhone size={17} color="var(--accent)" aria-hidden />
          <Text fw={600}>{t("search.call", { number })}</Text>
        </Group>
      ),
      open: () => call(number),
      dial: () => call(number),
    };
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: what was chosen belongs to what was typed
  useEffect(() => setChosen(0), [q]);
  const at = Math.min(chosen, choices.length - 1);
  const optionId = (index: number) => `${listId}-${index}`;

  useEffect(() => {
    document.getElementById(`${listId}-${at}`)?.scrollIntoView({ block: "nearest" });
  }, [at, listId]);

  const press = (event: KeyboardEvent) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move !== undefined && choices.length > 0) setChosen((at + move + choices.length) % choices.length);
    else if (event.key === "Enter") setWish(event.shiftKey ? "dial" : "open");
    else return;
    event.preventDefault();
  };
  // While the answer to what was typed last is on its way, what stands there answers something else: Enter waits.
  const settled = typed.trim() === q && (q === "" || !search.isPlaceholderData) && !(q && search.isPending);
  // biome-ignore lint/correctness/useExhaustiveDependencies: done once, with what is chosen at that moment
  useEffect(() => {
    if (wish === null || !settled) return;
    setWish(null);
    choices[at]?.[wish]?.();
  }, [wish, settled]);
  const click = (event: MouseEvent, choice: Choice) => {
    if ((event.target as Element).closest("[data-dial]")) choice.dial?.();
    else choice.open();
  };

  return (
    <Modal
      opened
      onClose={close}
      withCloseButton={false}
      size={640}
      yOffset="9vh"
      padding={0}
      radius="lg"
      aria-label={t("search.label")}
      transitionProps={{ duration: 90, transition: "pop" }}
    >
      <TextInput
        type="text"
        inputMode="search"
        size="lg"
        variant="unstyled"
        className={classes.field}
        role="combobox"
        aria-expanded={choices.length > 0}
        aria-controls={listId}
        aria-activedescendant={at >= 0 ? optionId(at) : undefined}
        aria-autocomplete="list"
        aria-label={t("search.label")}
        placeholder={t("search.placeholder")}
        autoComplete="off"
        spellCheck={false}
        maxLength={100}
        data-autofocus
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setWish(null);
        }}
        onKeyDown={press}
        leftSection={<IconSearch size={20} aria-hidden />}
        rightSection={q && search.isFetching ? <Loader size={16} /> : null}
      />
      <div className={classes.results}>
        {!q && recent.length > 0 && (
          <Group justify="space-between" className={classes.section}>
            <span>{t("search.recent")}</span>
            <UnstyledButton
              className={classes.forget}
              onClick={() => {
                forgetSearches(session.user.id);
                setRecent([]);
              }}
            >
              {t("search.forget")}
            </UnstyledButton>
          </Group>
        )}
        <div
          id={listId}
          role="listbox"
          aria-label={t(q ? "search.results" : "search.recent")}
          className={classes.list}
          data-stale={search.isPlaceholderData || undefined}
        >
          {choices.map((choice, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's, which keeps the focus
            // biome-ignore lint/a11y/useFocusableInteractive: as above
            <div
              key={choice.key}
              id={optionId(index)}
              role="option"
              aria-selected={index === at}
              className={classes.option}
              onClick={(event) => click(event, choice)}
              onPointerMove={() => setChosen(index)}
            >
              {choice.show}
            </div>
          ))}
        </div>
        <Below q={q} search={search} none={hits.length === 0} />
      </div>
      <Keys dials={choices[at]?.dial !== undefined} />
      <output className={classes.spoken}>{q && search.data ? t("search.count", { count: hits.length }) : ""}</output>
    </Modal>
  );
}

function Below({ q, search, none }: { q: string; search: ReturnType<typeof useSearch>; none: boolean }) {
  const { t } = useTranslation();
  if (!q)
    return (
      <Text size="sm" c="dimmed" className={classes.hint}>
        {t("search.hint")}
      </Text>
    );
  if (search.isError)
    return (
      <div className={classes.hint}>
        <Problem error={search.error} retry={() => void search.refetch()} />
      </div>
    );
  if (search.isPending)
    return (
      <div className={classes.hint}>
        <Loading lines={3} />
      </div>
    );
  if (!none) return null;
  return (
    <Empty icon={<IconSearch size={34} stroke={1.3} />} title={t("search.nothing", { query: q })}>
      <Text size="sm">{t("search.nothingHint")}</Text>
    </Empty>
  );
}

function Keys({ dials }: { dials: boolean }) {
  const { t } = useTranslation();
  return (
    <div className={classes.keys} aria-hidden>
      <span>
        <Kbd size="xs">↑</Kbd> <Kbd size="xs">↓</Kbd> {t("search.keys.choose")}
      </span>
      <span>
        <Kbd size="xs">Enter</Kbd> {t("search.keys.open")}
      </span>
      <span data-off={!dials || undefined}>
        <Kbd size="xs">Shift</Kbd> + <Kbd size="xs">Enter</Kbd> {t("search.keys.dial")}
      </span>
      <span>
        <Kbd size="xs">Esc</Kbd> {t("search.keys.close")}
      </span>
    </div>
  );
}

function pathOf(hit: SearchHit): string {
  if (hit.contact_id) return `/contacts/${hit.contact_id}`;
  return `/organizations/${hit.organization_id ?? hit.id}`;
}
