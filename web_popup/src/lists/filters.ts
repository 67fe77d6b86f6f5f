/** What a list of contacts is made by, and how it stands in the page's address. No React. */
import type { components } from "../api/schema";

export type Filters = components["schemas"]["Filters"];
type Kinds = readonly { key: string; kind: string }[];

/** Custom fields as a form has them: all texts. */
export const customTexts = (filters: Filters): Record<string, string> =>
  Object.fromEntries(Object.entries(filters.custom ?? {}).map(([key, value]) => [`custom.${key}`, String(value)]));

/** With a custom field as it was typed, compared as what it is; an empty one is no filter. */
export function withCustom(filters: Filters, kinds: Kinds, name: string, typed: string): Filters {
  const key = name.slice("custom.".length);
  const { [key]: _former, ...others } = filters.custom ?? {};
  const kind = kinds.find((one) => one.key === key)?.kind;
  const number = Number(typed.replace(",", "."));
  const value =
    kind === "yes_no" ? typed === "true" : kind === "number" && !Number.isNaN(number) ? number : typed.trim();
  return tidy({ ...filters, custom: typed === "" ? others : { ...others, [key]: value } });
}

/** Only what is set: so that equal filters are equal. */
export function tidy(filters: Filters): Filters {
  return Object.fromEntries(
    Object.entries(filters).filter(
      ([name, value]) =>
        value !== null && value !== undefined && value !== "" && (name !== "custom" || Object.keys(value).length > 0),
    ),
  ) as Filters;
}

/** From the address; what cannot be read is no filter. */
export function fromAddress(params: URLSearchParams): Filters {
  try {
    const read: unknown = JSON.parse(params.get("f") ?? "{}");
    return typeof read === "object" && read !== null && !Array.isArray(read) ? tidy(read as Filters) : {};
  } catch {
    return {};
  }
}

export function toAddress(filters: Filters): Record<string, string> {
  const set = tidy(filters);
  return Object.keys(set).length > 0 ? { f: JSON.stringify(set) } : {};
}

export const isSame = (one: Filters, other: Filters) => normal(one) === normal(other);

const normal = (filters: Filters) =>
  JSON.stringify(Object.entries(tidy(filters)).sort(([one], [other]) => one.localeCompare(other)));
