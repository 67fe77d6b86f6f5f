/** Understands when something is due from words, in German and English. Loaded when somebody types such words. Pure.
 *
 * What can mean two times is asked, not guessed; a default time of day is one that is shown.
 */
import type { ParsedResult } from "chrono-node";
import type { Language } from "../i18n";
import { chronos, END_OF_DAY, isDay } from "./dueParsers";

export type Understood =
  | { kind: "empty" }
  | { kind: "unknown" }
  | { kind: "past"; at: Date }
  | { kind: "clear"; at: Date }
  /** In the order in which they are likely. */
  | { kind: "ask"; options: Date[] };

const MORNING = 9;
/** Where a part of the day is named: chrono's own hours are those of poets. */
const PARTS: ReadonlyArray<readonly [RegExp, number]> = [
  [/vormittag|morning/i, MORNING],
  [/nachmittag|afternoon/i, 15],
  [/mittag|noon/i, 12],
  [/abend|evening/i, 18],
  [/nachts?$|tonight|(?<!\p{L})night$/iu, 20],
];
const LATER_TODAY = [12, 15, END_OF_DAY, 20];

/** Words that carry no time. */
const FILLERS: Record<Language, RegExp> = {
  de: /(?<!\p{L})(?:am|an|um|ab|bis|dem|den|der|dann|so|gegen|spätestens|zum|kommenden?|kommender|kommendes|uhr)(?!\p{L})/giu,
  en: /(?<!\p{L})(?:at|on|by|the|until|till|before|around|due|coming|please|o'clock)(?!\p{L})/giu,
};
const NEXT_WEEKDAY =
  /(?<!\p{L})(?:nächste[nrms]?|next)\s+(?:mo|di|mi|do|fr|sa|so|tue|wed|thu|fri|sat|sun)\p{L}*(?!\p{L})/iu;
const NEXT_MONTH = /(?<!\p{L})(?:nächste[nr]? monat|next month)(?!\p{L})/iu;
const SLASHED = /^(\d{1,2})\/(\d{1,2})(?:\/(\d{2,4}))?$/;

/** What `text` says, typed at `now` by somebody who reads `language`; the other language is understood as well. */
export function understand(text: string, language: Language, now: Date): Understood {
  const said = text.trim().replace(/\s+/g, " ");
  if (!said) return { kind: "empty" };
  const first = understandIn(said, language, now);
  return first.kind === "unknown" ? understandIn(said, language === "de" ? "en" : "de", now) : first;
}

function understandIn(said: string, language: Language, now: Date): Understood {
  const results = chronos[language].parse(said, now, { forwardDate: true });
  const [result] = results;
  if (!result || results.length > 1 || result.end) return { kind: "unknown" };
  const rest = said
    .replace(result.text, " ")
    .replace(FILLERS[language], " ")
    .replace(/[\s,.;!]+/g, "");
  if (rest) return { kind: "unknown" };
  return judged(meanings(said, result, language, now), now);
}

/** Past meanings are none, unless all are. */
function judged(options: Date[], now: Date): Understood {
  const [first] = options;
  if (!first) return { kind: "unknown" };
  const ahead = options.filter((one) => one > now);
  if (ahead.length === 0) return { kind: "past", at: first };
  return ahead.length === 1 ? { kind: "clear", at: ahead[0] as Date } : { kind: "ask", options: ahead };
}

function meanings(said: string, { start, text }: ParsedResult, language: Language, now: Date): Date[] {
  const [year, month, day] = [start.get("year"), start.get("month"), start.get("day")].map(Number) as Ymd;
  const date = new Date(year, month - 1, day);
  if (start.isCertain("hour") && start.isCertain("minute") && /^in\s/i.test(text) && start.isCertain("meridiem")) {
    return [wholeMinute(start.date())]; // "in 2 hours"
  }
  const dates = datesOf(said, text, date, start.isCertain("weekday") && !start.isCertain("day"), now);
  const times = timesOf(text, start, language);
  if (!times.length && dates.length === 1 && sameDay(date, now)) {
    const left = LATER_TODAY.map((hour) => at(date, hour, 0)).filter((one) => one > now);
    return left.length ? left : [new Date(wholeMinute(now).getTime() + 3_600_000)];
  }
  const dated = start.isCertain("day") || start.isCertain("weekday") || start.isCertain("month");
  if (!dated) return undated(times, now);
  return dates.flatMap((one) => (times.length ? times : [[MORNING, 0] as const]).map((time) => at(one, ...time)));
}

type Ymd = [number, number, number];

/** The days that can be meant. */
function datesOf(said: string, text: string, date: Date, byWeekday: boolean, now: Date): Date[] {
  const slashed = SLASHED.exec(text.split(" ")[0] ?? "");
  if (slashed) return slashedDates(slashed, now);
  if (NEXT_MONTH.test(said)) return [new Date(now.getFullYear(), now.getMonth() + 1, 1), date];
  if (!byWeekday) return [date];
  const ahead = (date.getDay() - now.getDay() + 7) % 7;
  const coming = new Date(now.getFullYear(), now.getMonth(), now.getDate() + ahead);
  const week = new Date(coming.getFullYear(), coming.getMonth(), coming.getDate() + 7);
  const nameOfToday = ahead === 0;
  if (!NEXT_WEEKDAY.test(said)) return nameOfToday ? [coming, week] : [coming];
  // On a Wednesday, "next Friday" is the day after tomorrow to some, and that of next week to others.
  const inThisWeek = (coming.getDay() + 6) % 7 > (now.getDay() + 6) % 7;
  return nameOfToday ? [week] : inThisWeek ? [coming, week] : [coming];
}

/** "3/12": the third of December here, the twelfth of March there. */
function slashedDates(slashed: RegExpExecArray, now: Date): Date[] {
  const [one, two] = [Number(slashed[1]), Number(slashed[2])];
  const typed = slashed[3] === undefined ? null : Number(slashed[3]);
  const found = [
    [two, one],
    [one, two],
  ].flatMap(([month, day]) => {
    let year = typed === null ? now.getFullYear() : typed < 100 ? 2000 + typed : typed;
    if (typed === null && new Date(year, (month as number) - 1, (day as number) + 1) <= now) year += 1;
    return isDay(year, month as number, day as number) ? [new Date(year, (month as number) - 1, day as number)] : [];
  });
  return one === two ? found.slice(0, 1) : found;
}

/** The times of day that can be meant; none where none is named. */
function timesOf(text: string, start: ParsedResult["start"], language: Language): Array<readonly [number, number]> {
  const [hour, minute] = [Number(start.get("hour")), Number(start.get("minute") ?? 0)];
  if (start.isCertain("hour")) {
    const certain = start.isCertain("meridiem") || hour === 0 || hour > 12 || /\d{2}:\d{2}/.test(text);
    // Nobody calls back at three in the morning; who means seven may mean the evening, where the clock has twelve hours.
    const smallHours = language === "de" ? 6 : 7;
    if (certain || hour > smallHours) return [[hour, minute]];
    return [
      [hour + 12, minute],
      [hour, minute],
    ];
  }
  const part = PARTS.find(([name]) => name.test(text));
  return part ? [[part[1], 0]] : [];
}

/** A time without a day is today's, or else tomorrow's; "at 8" when it is ten may be tonight, too. */
function undated(times: Array<readonly [number, number]>, now: Date): Date[] {
  const tomorrow = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
  return times
    .flatMap(([hour, minute]) => {
      const today = at(now, hour, minute);
      if (today > now) return [today];
      const tonight = hour >= 1 && hour <= 12 ? [at(now, hour + 12, minute)].filter((one) => one > now) : [];
      return times.length === 1 ? [...tonight, at(tomorrow, hour, minute)] : [at(tomorrow, hour, minute)];
    })
    .sort((one, other) => one.getTime() - other.getTime());
}

const at = (day: Date, hour: number, minute: number) =>
  new Date(day.getFullYear(), day.getMonth(), day.getDate(), hour, minute);
const sameDay = (one: Date, other: Date) => one.toDateString() === other.toDateString();
const wholeMinute = (moment: Date) => new Date(Math.floor(moment.getTime() / 60_000) * 60_000);
