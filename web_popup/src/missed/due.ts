/** Until when somebody is to be called back, as people say it. Pure. */

export type DueTone = "calm" | "soon" | "late";
export interface Due {
  tone: DueTone;
  /** What is left, or by how much it is late; in the unit that people would use. */
  amount: number;
  unit: "minute" | "hour" | "day";
}

const MINUTE = 60_000;
const SOON = 15 * MINUTE;
const FAR = 6 * 60 * MINUTE;

export function dueOf(dueAt: string, now: number): Due {
  const left = Date.parse(dueAt) - now;
  const tone = left <= 0 ? "late" : left <= SOON ? "soon" : "calm";
  const minutes = Math.max(1, left > 0 ? Math.ceil(left / MINUTE) : Math.floor(-left / MINUTE));
  if (minutes < 60) return { tone, amount: minutes, unit: "minute" };
  if (minutes < 24 * 60) return { tone, amount: Math.round(minutes / 60), unit: "hour" };
  return { tone, amount: Math.round(minutes / (24 * 60)), unit: "day" };
}

/** So far ahead that the time itself says more than how long it is until then. */
export const isFar = (dueAt: string, now: number) => Date.parse(dueAt) - now > FAR;

/** "25 min", "3 hr", "2 days", in the language's own way. */
export function amountText(due: Due, language: string): string {
  return new Intl.NumberFormat(language, { style: "unit", unit: due.unit, unitDisplay: "short" }).format(due.amount);
}
