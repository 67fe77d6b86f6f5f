/** What is known about a contact as text, in the order in which it is shown. No React. */
import type { Contact } from "../api/types";

export const CONTACT_FIELDS = [
  "first_name",
  "last_name",
  "organization",
  "position",
  "email",
  "street",
  "postal_code",
  "city",
  "country",
  "language",
  "remark",
] as const;
export type ContactField = (typeof CONTACT_FIELDS)[number];

/** What stands in a field, as text. */
export function textOf(contact: Contact, name: ContactField): string {
  return name === "organization" ? (contact.organization?.name ?? "") : contact[name];
}
