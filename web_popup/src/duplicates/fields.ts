/** Two contacts side by side: where they differ, and what becomes of it. No React. */
import type { Contact } from "../api/types";
import { CONTACT_FIELDS, textOf } from "../contacts/fields";
import type { MergeWish } from "./queries";

export interface Line {
  /** A field's name, or `custom.KEY`. */
  name: string;
  first: string;
  second: string;
  /** Both have something, and not the same: one is to be chosen. */
  differs: boolean;
}

/** All lines in which at least one of them has something. */
export function lines(first: Contact, second: Contact): Line[] {
  const keys = [...new Set([...Object.keys(first.custom), ...Object.keys(second.custom)])].sort();
  return [
    ...CONTACT_FIELDS.map((name) => line(name, textOf(first, name), textOf(second, name))),
    ...keys.map((key) => line(`custom.${key}`, String(first.custom[key] ?? ""), String(second.custom[key] ?? ""))),
  ].filter((one) => one.first || one.second);
}

const line = (name: string, first: string, second: string): Line => ({
  name,
  first,
  second,
  differs: first !== "" && second !== "" && first !== second,
});

/** What is sent: `fromGone` are the lines of which the value of the one that goes is kept. */
export function wishFor(kept: Contact, gone: Contact, fromGone: ReadonlySet<string>): MergeWish {
  return {
    gone_id: gone.id,
    version: kept.version,
    gone_version: gone.version,
    take: CONTACT_FIELDS.filter((name) => fromGone.has(name)),
    take_custom: [...fromGone].filter((name) => name.startsWith("custom.")).map((name) => name.slice("custom.".length)),
  };
}
