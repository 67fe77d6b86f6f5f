/** By which key the keeper of notes knows what is written outside any call; a call's note has the id of the call. */
export type About = { contact_id: string } | { organization_id: string };

export const draftKey = (about: About): string => Object.entries(about).flat().join("/");

/** Whom a key is about; null for a call's. */
export function aboutOf(key: string): About | null {
  const [kind, id] = key.split("/");
  if (!id) return null;
  return kind === "contact_id" ? { contact_id: id } : { organization_id: id };
}
