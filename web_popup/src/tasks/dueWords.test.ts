import { describe, expect, it } from "vitest";
import { type Understood, understand } from "./dueWords";

/** A Wednesday, half past ten in the morning. */
const NOW = new Date(2026, 10, 18, 10, 30, 20);
const two = (value: number) => String(value).padStart(2, "0");
const day = (at: Date) =>
  `${["Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"][at.getDay()]} ${at.getMonth() + 1}/${at.getDate()}`;
const shown = (at: Date) => `${day(at)} ${two(at.getHours())}:${two(at.getMinutes())}`;
function said(one: Understood): string {
  if (one.kind === "clear") return shown(one.at);
  if (one.kind === "ask") return one.options.map(shown).join(" or ");
  return one.kind;
}

const GERMAN: Array<[string, string]> = [
  ["morgen 9 Uhr", "Th 11/19 09:00"],
  ["morgen", "Th 11/19 09:00"],
  ["übermorgen", "Fr 11/20 09:00"],
  ["übermorgen nachmittag", "Fr 11/20 15:00"],
  ["nächsten Freitag", "Fr 11/20 09:00 or Fr 11/27 09:00"],
  ["nächsten Montag", "Mo 11/23 09:00"],
  ["kommenden Montag", "Mo 11/23 09:00"],
  ["diesen Freitag", "Fr 11/20 09:00"],
  ["Freitag", "Fr 11/20 09:00"],
  ["am Freitag um 14:30", "Fr 11/20 14:30"],
  ["Mittwoch", "We 11/25 09:00"],
  ["Mittwoch 15 Uhr", "We 11/18 15:00 or We 11/25 15:00"],
  ["in 2 Stunden", "We 11/18 12:30"],
  ["in zwei Stunden", "We 11/18 12:30"],
  ["in einer Stunde", "We 11/18 11:30"],
  ["in einer halben Stunde", "We 11/18 11:00"],
  ["in einer Viertelstunde", "We 11/18 10:45"],
  ["in anderthalb Stunden", "We 11/18 12:00"],
  ["in 1,5 Stunden", "We 11/18 12:00"],
  ["in 30 Minuten", "We 11/18 11:00"],
  ["in 2 Std", "We 11/18 12:30"],
  ["in drei Tagen", "Sa 11/21 09:00"],
  ["in einer Woche", "We 11/25 09:00"],
  ["in 14 Tagen", "We 12/2 09:00"],
  ["heute in einer Woche", "We 11/25 09:00"],
  ["Dienstag in einer Woche", "Tu 12/1 09:00"],
  ["nächste Woche", "Mo 11/23 09:00"],
  ["nächste Woche Dienstag", "Tu 11/24 09:00"],
  ["Donnerstag nächster Woche", "Th 11/26 09:00"],
  ["übernächste Woche", "Mo 11/30 09:00"],
  ["Anfang nächster Woche", "Mo 11/23 09:00"],
  ["Mitte nächster Woche", "We 11/25 09:00"],
  ["Ende der Woche", "Fr 11/20 17:00"],
  ["Ende des Monats", "Mo 11/30 17:00"],
  ["am Wochenende", "Sa 11/21 09:00"],
  ["heute abend", "We 11/18 18:00"],
  ["heute Nachmittag", "We 11/18 15:00"],
  ["heute", "We 11/18 12:00 or We 11/18 15:00 or We 11/18 17:00 or We 11/18 20:00"],
  ["morgen früh", "Th 11/19 08:00"],
  ["morgen vormittag", "Th 11/19 09:00"],
  ["morgen mittag", "Th 11/19 12:00"],
  ["Do nachmittag", "Th 11/19 15:00"],
  ["Montag 8 Uhr", "Mo 11/23 08:00"],
  ["mo 9:00", "Mo 11/23 09:00"],
  ["3.12.", "Th 12/3 09:00"],
  ["3.12. um 15 Uhr", "Th 12/3 15:00"],
  ["3.1.", "Su 1/3 09:00"],
  ["24.12.26 10:15", "Th 12/24 10:15"],
  ["am 3. Dezember", "Th 12/3 09:00"],
  ["24. Dezember 2026 10:15", "Th 12/24 10:15"],
  ["2026-12-01 10:00", "Tu 12/1 10:00"],
  ["um 15 Uhr", "We 11/18 15:00"],
  ["15:30", "We 11/18 15:30"],
  ["um 8", "We 11/18 20:00 or Th 11/19 08:00"],
  ["halb drei", "We 11/18 14:30 or Th 11/19 02:30"],
  ["morgen um halb zehn", "Th 11/19 09:30"],
  ["morgen um 3", "Th 11/19 15:00 or Th 11/19 03:00"],
  ["viertel nach elf", "We 11/18 11:15"],
  ["nächsten Monat", "Tu 12/1 09:00 or Fr 12/18 09:00"],
  ["bis Freitag", "Fr 11/20 09:00"],
  ["tomorrow 9am", "Th 11/19 09:00"],
  ["gestern", "past"],
  ["31.2.", "unknown"],
  ["später", "unknown"],
  ["morgen vielleicht", "unknown"],
  ["von 9 bis 10 Uhr", "unknown"],
  ["Frau Krüger", "unknown"],
  ["  ", "empty"],
];

const ENGLISH: Array<[string, string]> = [
  ["tomorrow 9am", "Th 11/19 09:00"],
  ["tomorrow", "Th 11/19 09:00"],
  ["day after tomorrow", "Fr 11/20 09:00"],
  ["the day after tomorrow at 3pm", "Fr 11/20 15:00"],
  ["in 2 hours", "We 11/18 12:30"],
  ["in an hour", "We 11/18 11:30"],
  ["in half an hour", "We 11/18 11:00"],
  ["in 30 minutes", "We 11/18 11:00"],
  ["in 1.5 hours", "We 11/18 12:00"],
  ["in three days", "Sa 11/21 09:00"],
  ["in a week", "We 11/25 09:00"],
  ["in 2 weeks", "We 12/2 09:00"],
  ["in a fortnight", "We 12/2 09:00"],
  ["next Monday", "Mo 11/23 09:00"],
  ["next Monday at 14:00", "Mo 11/23 14:00"],
  ["Monday", "Mo 11/23 09:00"],
  ["this Friday", "Fr 11/20 09:00"],
  ["next Friday", "Fr 11/20 09:00 or Fr 11/27 09:00"],
  ["Friday afternoon", "Fr 11/20 15:00"],
  ["thu afternoon", "Th 11/19 15:00"],
  ["Wednesday", "We 11/25 09:00"],
  ["Wednesday 3pm", "We 11/18 15:00 or We 11/25 15:00"],
  ["next week", "Mo 11/23 09:00"],
  ["Tuesday next week", "Tu 11/24 09:00"],
  ["a week from Tuesday", "Tu 12/1 09:00"],
  ["week after next", "Mo 11/30 09:00"],
  ["end of day", "We 11/18 17:00"],
  ["by end of day", "We 11/18 17:00"],
  ["end of the week", "Fr 11/20 17:00"],
  ["end of the month", "Mo 11/30 17:00"],
  ["weekend", "Sa 11/21 09:00"],
  ["tomorrow morning", "Th 11/19 09:00"],
  ["tomorrow afternoon", "Th 11/19 15:00"],
  ["this evening", "We 11/18 18:00"],
  ["tonight", "We 11/18 20:00"],
  ["tomorrow at noon", "Th 11/19 12:00"],
  ["noon", "We 11/18 12:00"],
  ["today", "We 11/18 12:00 or We 11/18 15:00 or We 11/18 17:00 or We 11/18 20:00"],
  ["at 15:00", "We 11/18 15:00"],
  ["at 3", "We 11/18 15:00 or Th 11/19 03:00"],
  ["tomorrow at 5", "Th 11/19 17:00 or Th 11/19 05:00"],
  ["half past two", "We 11/18 14:30 or Th 11/19 02:30"],
  ["quarter to eleven", "We 11/18 10:45"],
  ["Dec 3", "Th 12/3 09:00"],
  ["3 December 3pm", "Th 12/3 15:00"],
  ["3rd of December", "Th 12/3 09:00"],
  ["2026-12-01 10:00", "Tu 12/1 10:00"],
  ["3/12", "Th 12/3 09:00 or Fr 3/12 09:00"],
  ["24/12", "Th 12/24 09:00"],
  ["12/24/2026", "Th 12/24 09:00"],
  ["next month", "Tu 12/1 09:00 or Fr 12/18 09:00"],
  ["mon 9:00", "Mo 11/23 09:00"],
  ["by Friday", "Fr 11/20 09:00"],
  ["übermorgen", "Fr 11/20 09:00"],
  ["yesterday", "past"],
  ["later", "unknown"],
  ["tomorrow perhaps", "unknown"],
  ["9 to 10am", "unknown"],
  ["call Mrs Miller", "unknown"],
  ["", "empty"],
];

describe("what is due when, in German", () => {
  it.each(GERMAN)("%s", (words, meant) => expect(said(understand(words, "de", NOW))).toBe(meant));
});

describe("what is due when, in English", () => {
  it.each(ENGLISH)("%s", (words, meant) => expect(said(understand(words, "en", NOW))).toBe(meant));
});

it("is the clock on the wall, whatever happens to it overnight", () => {
  // The last Sunday of March: where clocks are put forward, the night has an hour less.
  const saturday = new Date(2027, 2, 27, 10, 0);
  expect(said(understand("morgen 9 Uhr", "de", saturday))).toBe("Su 3/28 09:00");
  expect(said(understand("tomorrow 9am", "en", saturday))).toBe("Su 3/28 09:00");
});
