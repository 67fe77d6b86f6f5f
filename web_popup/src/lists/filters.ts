/** What a list of contacts is made by, and how it stands in the page's address. No React. */
import type { components } from "../api/schema";

export type Filters = components["schemas"]["Filters"];

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
