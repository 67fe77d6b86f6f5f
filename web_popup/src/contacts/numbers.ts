/** Numbers of contacts, for dialling and for forms. */
import type { NumberLabel, PhoneNumber, PhoneNumberIn } from "../api/types";

export const LABELS: readonly NumberLabel[] = ["work", "mobile", "home", "main", "shared", "fax", "other"];

/** What is sent to be dialled: the clear form where there is one, never a shortened one. */
export function dialable(number: PhoneNumber): string {
  return number.e164 !== null && number.extension === null ? number.e164 : number.value;
}

/** The one to offer first: no fax, and one that may be called if there is any. */
export function firstToDial(numbers: readonly PhoneNumber[]): PhoneNumber | undefined {
  const voice = numbers.filter((one) => one.label !== "fax");
  return voice.find((one) => !one.do_not_call) ?? voice[0] ?? numbers[0];
}

/** A number in a form; `key` only tells the lines apart. */
export interface NumberLine extends Required<PhoneNumberIn> {
  key: number;
}

let lastKey = 0;
export const numberLine = (of: Partial<PhoneNumberIn> = {}): NumberLine => {
  lastKey += 1;
  const { value = "", label = "work", do_not_call = false, do_not_call_reason = "" } = of;
  return { key: lastKey, value, label, do_not_call, do_not_call_reason };
};

/** The lines that hold something, as the service takes them. */
export function filled(lines: readonly NumberLine[]): PhoneNumberIn[] {
  return lines
    .filter((one) => one.value.trim())
    .map(({ key: _key, value, do_not_call_reason, ...rest }) => ({
      ...rest,
      value: value.trim(),
      do_not_call_reason: rest.do_not_call ? do_not_call_reason.trim() : "",
    }));
}
