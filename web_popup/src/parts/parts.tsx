/** Small things every screen uses. */
import { ActionIcon, Alert, Button, Loader, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconAlertCircle, IconPhone } from "@tabler/icons-react";
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { ProblemError } from "../api/errors";
import { useDial } from "./dial";
import classes from "./parts.module.css";

export type Tone = "ring" | "talk" | "hold" | "wrap" | "missed" | "calm";

/** A word on its colour; the colour never stands alone. */
export function Badge({ tone, icon, children }: { tone: Tone; icon?: ReactNode; children: ReactNode }) {
  return (
    <span className={`${classes.badge} ${classes[tone]}`}>
      {icon}
      {children}
    </span>
  );
}

/** A text from outside: shown as text only, and its writing direction stays inside it. */
export function Outside({ children }: { children: string }) {
  return (
    <bdi dir="auto" className={classes.person}>
      {children}
    </bdi>
  );
}

export function Card({ children, p = 18 }: { children: ReactNode; p?: number }) {
  return (
    <div className={classes.card} style={{ padding: p }}>
      {children}
    </div>
  );
}

interface PageTitleProps {
  title: ReactNode;
  /** What the page is for, or who this is. */
  lead?: ReactNode;
  /** What one can do here. */
  children?: ReactNode;
}

export function PageTitle({ title, lead, children }: PageTitleProps) {
  return (
    <div className={classes.title}>
      <div>
        <Title order={1} size="h2">
          {title}
        </Title>
        {lead && (
          <Text c="dimmed" mt={2}>
            {lead}
          </Text>
        )}
      </div>
      {children}
    </div>
  );
}

export function Empty({ icon, title, children }: { icon?: ReactNode; title: string; children?: ReactNode }) {
  return (
    <div className={classes.empty}>
      {icon}
      <Text fw={600}>{title}</Text>
      {children}
    </div>
  );
}

export function Loading({ lines = 4 }: { lines?: number }) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm" role="status" aria-label={t("common.loading")}>
      {Array.from({ length: lines }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike
        <Skeleton key={index} height={46} radius="md" />
      ))}
    </Stack>
  );
}

const KNOWN_PROBLEMS = [
  "offline",
  "unavailable",
  "conflict",
  "not_found",
  "not_allowed",
  "not_signed_in",
  "too_large",
  "too_many_attempts",
  "invalid_input",
  "error",
] as const;

/** What to say about an error, in the user's language where we have words for it. */
export function useProblemText(): (error: unknown) => string {
  const { t, i18n } = useTranslation();
  return (error) => {
    if (!(error instanceof ProblemError)) return t("problem.error");
    const known = KNOWN_PROBLEMS.find((code) => code === error.code);
    // The service speaks English and often knows more than the general words do.
    if (!known || (i18n.language === "en" && error.status === 422)) return error.message;
    return t(`problem.${known}`);
  };
}

export function Problem({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  const text = useProblemText();
  const fields = error instanceof ProblemError ? error.fields : [];
  return (
    <Alert color="red" variant="default" icon={<IconAlertCircle />} title={t("problem.title")} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{text(error)}</Text>
        {fields.map((one) => (
          <Text size="sm" key={`${one.field} ${one.message}`}>
            {one.field}: {one.message}
          </Text>
        ))}
        {retry && (
          <Button size="xs" variant="default" onClick={retry}>
            {t("common.retry")}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

/** A list that loads page by page, with all its states. */
export function Pages<T>({
  query,
  empty,
  itself = false,
  children,
}: {
  query: UseInfiniteQueryResult<InfiniteData<Page<T>>>;
  empty: ReactNode;
  /** What follows is read when its place comes into sight, without being asked for. */
  itself?: boolean;
  children: (items: T[]) => ReactNode;
}) {
  const { t } = useTranslation();
  if (query.isPending) return <Loading />;
  if (query.isError && !query.data) return <Problem error={query.error} retry={() => void query.refetch()} />;
  const items = query.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return empty;
  return (
    <Stack gap="md">
      {children(items)}
      {query.isFetchNextPageError && <Problem error={query.error} />}
      {itself && query.hasNextPage && !query.isFetchNextPageError && <WhenSeen act={query.fetchNextPage} />}
      {query.hasNextPage && (
        <Button
          variant="default"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
          style={{ alignSelf: "center" }}
        >
          {t("common.more")}
        </Button>
      )}
    </Stack>
  );
}

function WhenSeen({ act }: { act: () => unknown }) {
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    if (!place.current) return;
    const watch = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && void latest.current(), {
      rootMargin: "300px",
    });
    watch.observe(place.current);
    return () => watch.disconnect();
  }, []);
  return <div ref={place} />;
}

/** Calls a number; while that number is being called it cannot be called again. */
export function DialButton({ number, display, contactId }: { number: string; display?: string; contactId?: string }) {
  const { t } = useTranslation();
  const { dial, busyWith } = useDial();
  const label = t("dial.callNumber", { number: display ?? number });
  const mine = busyWith === number;
  return (
    <ActionIcon
      title={label}
      variant="subtle"
      size="md"
      aria-label={label}
      aria-disabled={busyWith !== null}
      onClick={() => dial(number, contactId)}
    >
      {mine ? <Loader size={16} /> : <IconPhone size={18} />}
    </ActionIcon>
  );
}

export function NumberWithDial(props: { number: string; display: string; contactId?: string; children?: ReactNode }) {
  return (
    <span className={classes.number}>
      <span>{props.display}</span>
      {props.children}
      <DialButton {...props} />
    </span>
  );
}
