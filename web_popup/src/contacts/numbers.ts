/** Numbers of contacts, for dialling and for forms. */
import type { NumberLabel, PhoneNumber, PhoneNumberIn } from "../api/types";

export const LABELS: readonly NumberLabel[] = ["work", "mobile", "home", "main", "fax", "other"];

/** What is sent to be dialled: the clear form where there is one, never a shortened one. */
export function dialable(number: PhoneNumber): string {
  return number.e164 !== null && number.extension === null ? number.e164 : number.value;
}

/** A number in a form; `key` only tells the lines apart. */
export interface NumberLine extends Required<PhoneNumberIn> {
  key: number;
}

let lastKey = 0;
export const numberLine = (value = "", label: NumberLabel = "work"): NumberLine => {
  lastKey += 1;
  return { key: lastKey, value, label };
};

/** The lines that hold something, as the service takes them. */
export function filled(lines: readonly NumberLine[]): PhoneNumberIn[] {
  return lines.filter((one) => one.value.trim()).map(({ value, label }) => ({ value: value.trim(), label }));
}
