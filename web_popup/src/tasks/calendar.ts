/** Days of a week and of a month, and what a key moves a task to. Pure; days are those of the clock on the wall. */

export type Layout = "week" | "month";

const two = (value: number) => String(value).padStart(2, "0");

/** "2026-11-23" */
export const dayKey = (day: Date) => `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;

/** The day that a key names; `other` where it names none. */
export function dayOf(key: string | null, other: Date): Date {
  const [year, month, day] = (key ?? "").split("-").map(Number);
  const found = new Date(year ?? Number.NaN, (month ?? 0) - 1, day);
  return Number.isNaN(found.getTime()) || dayKey(found) !== key ? plusDays(other, 0) : found;
}

/** Midnight of the day so many days later. */
export const plusDays = (day: Date, days: number) => new Date(day.getFullYear(), day.getMonth(), day.getDate() + days);

/** The days a calendar shows around `day`, in whole weeks that begin with Monday. */
export function daysShown(layout: Layout, day: Date): Date[] {
  const first = layout === "week" ? day : new Date(day.getFullYear(), day.getMonth(), 1);
  const last = layout === "week" ? day : new Date(day.getFullYear(), day.getMonth() + 1, 0);
  const begin = plusDays(first, -((first.getDay() + 6) % 7));
  const end = plusDays(last, 6 - ((last.getDay() + 6) % 7));
  const days: Date[] = [];
  for (let one = begin; one <= end; one = plusDays(one, 1)) days.push(one);
  return days;
}

/** The week or month before or after. */
export function paged(layout: Layout, day: Date, by: number): Date {
  return layout === "week" ? plusDays(day, 7 * by) : new Date(day.getFullYear(), day.getMonth() + by, 1);
}

/** The same time of day on another day. */
export function movedTo(due: Date, day: Date): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate(), due.getHours(), due.getMinutes());
}

const KEYS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/** How many days an arrow moves by; null for other keys. */
export const daysOfKey = (key: string): number | null => KEYS[key] ?? null;
