/** What chrono does not know of how people here name a time, as parsers of its own kind. */
import type { Chrono, Parser } from "chrono-node";
import * as chronoDe from "chrono-node/de";
import * as chronoEn from "chrono-node/en";

const FRIDAY = 5;
const SATURDAY = 6;
export const END_OF_DAY = 17;
const EARLY = 8;

/** Whole words only; `\b` does not know umlauts. */
const words = (source: string) => new RegExp(`(?<![\\p{L}\\p{N}])(?:${source})(?![\\p{L}\\p{N}])`, "iu");

const dayOf = (from: Date, days: number) => new Date(from.getFullYear(), from.getMonth(), from.getDate() + days);
const mondayOf = (from: Date, weeks: number) => dayOf(from, -((from.getDay() + 6) % 7) + 7 * weeks);
/** Days until the next such weekday; 0 is today. */
const daysTo = (from: Date, weekday: number) => (weekday - from.getDay() + 7) % 7;
const isDay = (year: number, month: number, day: number) => {
  const date = new Date(year, month - 1, day);
  return date.getMonth() === month - 1 && date.getDate() === day;
};

type Found = { day: Date; hour?: number; minute?: number } | { moment: Date } | { time: [number, number] } | null;

function parser(source: string, extract: (match: RegExpMatchArray, now: Date) => Found): Parser {
  return {
    pattern: () => words(source),
    extract: (context, match) => {
      const found = extract(match, context.refDate);
      if (!found) return null;
      if ("time" in found) return { hour: found.time[0], minute: found.time[1] };
      const date = "moment" in found ? found.moment : found.day;
      const day = { year: date.getFullYear(), month: date.getMonth() + 1, day: date.getDate() };
      if ("moment" in found) return { ...day, hour: date.getHours(), minute: date.getMinutes() };
      return found.hour === undefined ? day : { ...day, hour: found.hour, minute: found.minute ?? 0 };
    },
  };
}

const GERMAN_HOURS = "eins|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf".split("|");
const ENGLISH_HOURS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve".split("|");
const hourOf = (word: string, names: string[]) => names.indexOf(word.toLowerCase()) + 1 || Number(word);
const minutesBefore = (hour: number, minutes: number): [number, number] => [(hour + 23) % 24, 60 - minutes];

const GERMAN_DAYS = "sonntag|montag|dienstag|mittwoch|donnerstag|freitag|samstag".split("|");
const ENGLISH_DAYS = "sunday|monday|tuesday|wednesday|thursday|friday|saturday".split("|");
const dayName = (names: string[]) => `(${names.join("|")})`;
const GERMAN_DAY = dayName(GERMAN_DAYS);
const ENGLISH_DAY = dayName(ENGLISH_DAYS);
const germanDay = (name: string) => GERMAN_DAYS.indexOf(name.toLowerCase());
const englishDay = (name: string) => ENGLISH_DAYS.indexOf(name.toLowerCase());
const GERMAN_HOUR = `(${GERMAN_HOURS.join("|")}|\\d{1,2})`;
const ENGLISH_HOUR = `(${ENGLISH_HOURS.join("|")}|\\d{1,2})`;

const endOfWeek = (now: Date, weeks = 0): Found => {
  const friday = dayOf(mondayOf(now, weeks), FRIDAY - 1);
  const over = friday.getTime() + END_OF_DAY * 3_600_000 <= now.getTime();
  return { day: over ? dayOf(friday, 7) : friday, hour: END_OF_DAY };
};
const endOfMonth = (now: Date, months = 0): Found => ({
  day: new Date(now.getFullYear(), now.getMonth() + months + 1, 0),
  hour: END_OF_DAY,
});
const inMinutes = (now: Date, minutes: number): Found => ({ moment: new Date(now.getTime() + minutes * 60_000) });
const weekdayOfWeek = (now: Date, weekday: number, weeks: number): Found => ({
  day: dayOf(mondayOf(now, weeks), (weekday + 6) % 7),
});

const GERMAN: Parser[] = [
  parser("in (?:einer|ner) halben (?:stunde|std)", (_, now) => inMinutes(now, 30)),
  parser("in (?:einer|ner) viertelstunde", (_, now) => inMinutes(now, 15)),
  parser("in (?:einer|ner) dreiviertelstunde", (_, now) => inMinutes(now, 45)),
  parser("in (?:anderthalb|eineinhalb) stunden", (_, now) => inMinutes(now, 90)),
  parser("in (\\d+),(\\d) (?:stunden|std)", (m, now) => inMinutes(now, (Number(m[1]) + Number(m[2]) / 10) * 60)),
  parser("(\\d{1,2})\\.\\s?(\\d{1,2})\\.(\\d{4}|\\d{2})?", (m, now) => {
    const [day, month] = [Number(m[1]), Number(m[2])];
    const typed = m[3] ? Number(m[3]) : null;
    let year = typed === null ? now.getFullYear() : typed < 100 ? 2000 + typed : typed;
    if (!isDay(year, month, day)) return null;
    if (typed === null && new Date(year, month - 1, day + 1) <= now) year += 1;
    return isDay(year, month, day) ? { day: new Date(year, month - 1, day) } : null;
  }),
  parser(`halb ${GERMAN_HOUR}`, (m) => ({ time: minutesBefore(hourOf(m[1] ?? "", GERMAN_HOURS), 30) })),
  parser(`viertel nach ${GERMAN_HOUR}`, (m) => ({ time: [hourOf(m[1] ?? "", GERMAN_HOURS), 15] })),
  parser(`viertel vor ${GERMAN_HOUR}`, (m) => ({ time: minutesBefore(hourOf(m[1] ?? "", GERMAN_HOURS), 15) })),
  parser(`dreiviertel ${GERMAN_HOUR}`, (m) => ({ time: minutesBefore(hourOf(m[1] ?? "", GERMAN_HOURS), 15) })),
  parser(`um (${GERMAN_HOURS.join("|")})(?: uhr)?`, (m) => ({ time: [hourOf(m[1] ?? "", GERMAN_HOURS), 0] })),
  parser("morgen früh", (_, now) => ({ day: dayOf(now, 1), hour: EARLY })),
  parser("heute früh", (_, now) => ({ day: dayOf(now, 0), hour: EARLY })),
  parser(`${GERMAN_DAY} früh`, (m, now) => ({
    day: dayOf(now, daysTo(now, germanDay(m[1] ?? "")) || 7),
    hour: EARLY,
  })),
  parser("(?:heute )?(?:zum )?feierabend", (_, now) => ({ day: dayOf(now, 0), hour: END_OF_DAY })),
  parser("(?:am )?ende der woche|wochenschluss", (_, now) => endOfWeek(now)),
  parser("(?:am )?ende (?:der )?nächster?n? woche", (_, now) => endOfWeek(now, 1)),
  parser("(?:am )?(?:ende des monats|monatsende)", (_, now) => endOfMonth(now)),
  parser("(?:am )?ende (?:des )?nächsten monats", (_, now) => endOfMonth(now, 1)),
  parser("(?:am )?anfang (?:der )?nächster?n? woche", (_, now) => ({ day: mondayOf(now, 1) })),
  parser("mitte (?:der )?nächster?n? woche", (_, now) => weekdayOfWeek(now, 3, 1)),
  parser("(?:am )?wochenende", (_, now) => ({ day: dayOf(now, daysTo(now, SATURDAY)) })),
  parser("(?:am )?nächstes? wochenende", (_, now) => weekdayOfWeek(now, SATURDAY, 1)),
  parser("nächste woche", (_, now) => ({ day: mondayOf(now, 1) })),
  parser("übernächste woche", (_, now) => ({ day: mondayOf(now, 2) })),
  parser(`nächste woche (?:am )?${GERMAN_DAY}`, (m, now) => weekdayOfWeek(now, germanDay(m[1] ?? ""), 1)),
  parser(`${GERMAN_DAY} nächster? woche`, (m, now) => weekdayOfWeek(now, germanDay(m[1] ?? ""), 1)),
  parser(`übernächste woche (?:am )?${GERMAN_DAY}`, (m, now) => weekdayOfWeek(now, germanDay(m[1] ?? ""), 2)),
  parser(`${GERMAN_DAY} in (?:einer|1) woche`, (m, now) => ({
    day: dayOf(now, (daysTo(now, germanDay(m[1] ?? "")) || 7) + 7),
  })),
  parser("(heute|morgen) in (einer|1|zwei|2) wochen?", (m, now) => ({
    day: dayOf(now, (m[1]?.toLowerCase() === "morgen" ? 1 : 0) + (/^(zwei|2)$/i.test(m[2] ?? "") ? 14 : 7)),
  })),
];

const ENGLISH: Parser[] = [
  parser("(?:the )?day after tomorrow", (_, now) => ({ day: dayOf(now, 2) })),
  parser("(?:in )?a fortnight|in (?:one|1) fortnight", (_, now) => ({ day: dayOf(now, 14) })),
  parser("(?:in )?a quarter of an hour|in quarter of an hour", (_, now) => inMinutes(now, 15)),
  parser("in an hour and a half", (_, now) => inMinutes(now, 90)),
  parser(`half past ${ENGLISH_HOUR}`, (m) => ({ time: [hourOf(m[1] ?? "", ENGLISH_HOURS), 30] })),
  parser(`(?:a )?quarter past ${ENGLISH_HOUR}`, (m) => ({ time: [hourOf(m[1] ?? "", ENGLISH_HOURS), 15] })),
  parser(`(?:a )?quarter to ${ENGLISH_HOUR}`, (m) => ({
    time: minutesBefore(hourOf(m[1] ?? "", ENGLISH_HOURS), 15),
  })),
  parser("(?:by |at )?(?:the )?(?:end of (?:the )?day|close of business|eod|cob)", (_, now) => ({
    day: dayOf(now, 0),
    hour: END_OF_DAY,
  })),
  parser("(?:at |by )?(?:the )?end of (?:the |this )?week", (_, now) => endOfWeek(now)),
  parser("(?:at |by )?(?:the )?end of next week", (_, now) => endOfWeek(now, 1)),
  parser("(?:at |by )?(?:the )?end of (?:the |this )?month", (_, now) => endOfMonth(now)),
  parser("(?:at |by )?(?:the )?end of next month", (_, now) => endOfMonth(now, 1)),
  parser("(?:at )?(?:the )?(?:beginning|start) of next week|early next week", (_, now) => ({ day: mondayOf(now, 1) })),
  parser("(?:in the )?middle of next week|mid next week", (_, now) => weekdayOfWeek(now, 3, 1)),
  parser("(?:at |on )?(?:the |this )?weekend", (_, now) => ({ day: dayOf(now, daysTo(now, SATURDAY)) })),
  parser("next weekend", (_, now) => weekdayOfWeek(now, SATURDAY, 1)),
  parser("next week", (_, now) => ({ day: mondayOf(now, 1) })),
  parser("(?:the )?week after next", (_, now) => ({ day: mondayOf(now, 2) })),
  parser(`${ENGLISH_DAY} next week|next week (?:on )?${ENGLISH_DAY}`, (m, now) =>
    weekdayOfWeek(now, englishDay(m[1] ?? m[2] ?? ""), 1),
  ),
  parser(`(?:a week (?:from|on) ${ENGLISH_DAY}|${ENGLISH_DAY} week)`, (m, now) => ({
    day: dayOf(now, (daysTo(now, englishDay(m[1] ?? m[2] ?? "")) || 7) + 7),
  })),
  parser("(today|tomorrow) week|a week from (today|tomorrow)", (m, now) => ({
    day: dayOf(now, 7 + ((m[1] ?? m[2])?.toLowerCase() === "tomorrow" ? 1 : 0)),
  })),
];

function extended(chrono: Chrono, parsers: Parser[]): Chrono {
  const own = chrono.clone();
  own.parsers.unshift(...parsers);
  return own;
}

export const chronos = { de: extended(chronoDe.casual, GERMAN), en: extended(chronoEn.GB, ENGLISH) };
export { isDay };
