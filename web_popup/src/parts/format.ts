/** Dates, times and durations as people of the chosen language write them. */
import { useMemo, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

const DAY_MS = 86_400_000;

/** "0:07", "12:30", "1:02:03". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

export interface Format {
  /** Date and time, short; today without the date. */
  moment(iso: string): string;
  full(iso: string): string;
  time(iso: string): string;
  day(iso: string): string;
  number(value: number): string;
  /** A time to come, with its weekday; the year where it is another one. */
  due(moment: Date): string;
}

export function createFormat(language: string, now: () => number = Date.now): Format {
  const time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
  const seconds = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const day = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const short = new Intl.DateTimeFormat(language, { day: "2-digit", month: "2-digit", year: "numeric" });
  const full = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const number = new Intl.NumberFormat(language);
  const near = new Intl.DateTimeFormat(language, { weekday: "short", day: "numeric", month: "short" });
  const far = new Intl.DateTimeFormat(language, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
  const midnight = (ms: number) => new Date(ms).setHours(0, 0, 0, 0);
  return {
    moment(iso) {
      const at = Date.parse(iso);
      const days = Math.round((midnight(at) - midnight(now())) / DAY_MS);
      const name = Math.abs(days) <= 1 ? relative.format(days, "day") : short.format(at);
      return `${name}, ${time.format(at)}`;
    },
    full: (iso) => full.format(Date.parse(iso)),
    time: (iso) => seconds.format(Date.parse(iso)),
    day: (iso) => day.format(Date.parse(iso)),
    number: (value) => number.format(value),
    due(moment) {
      const date = moment.getFullYear() === new Date(now()).getFullYear() ? near : far;
      return `${date.format(moment)}, ${time.format(moment)}`;
    },
  };
}

/** The browser's own variety of a language: "en-GB" writes times otherwise than "en-US". */
export function variety(language: string): string {
  return navigator.languages.find((tag) => tag.startsWith(`${language}-`)) ?? language;
}

export function useFormat(): Format {
  const { i18n } = useTranslation();
  return useMemo(() => createFormat(variety(i18n.language)), [i18n.language]);
}

let ticks = Date.now();
const watchers = new Set<() => void>();
let ticker: ReturnType<typeof setInterval> | undefined;

function watch(listener: () => void): () => void {
  watchers.add(listener);
  ticker ??= setInterval(() => {
    ticks = Date.now();
    for (const one of [...watchers]) one();
  }, 1000);
  return () => {
    watchers.delete(listener);
    if (watchers.size > 0) return;
    clearInterval(ticker);
    ticker = undefined;
  };
}

/** The time, new every second; one timer for the whole page. */
export function useNow(): number {
  return useSyncExternalStore(watch, () => ticks);
}
