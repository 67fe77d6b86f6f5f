/** Which templates of notes are offered for a call, and their texts with the gaps filled. Pure. */
import type { NoteTemplate } from "../api/types";

export interface Gaps {
  contact: string;
  number: string;
  date: string;
}

/** Those for the call's queue, in the reader's language or in none; in their order. */
export function offered(templates: readonly NoteTemplate[], queue: string | null, language: string): NoteTemplate[] {
  return templates.filter(
    (one) =>
      (one.queues.length === 0 || (queue !== null && one.queues.includes(queue))) &&
      (one.language === null || one.language === language),
  );
}

/** The text with {{contact}}, {{number}} and {{date}} filled in; what is not known leaves an ellipsis to be seen. */
export function filled(text: string, gaps: Gaps): string {
  return text.replace(/{{\s*(contact|number|date)\s*}}/gi, (_, name: string) => {
    return gaps[name.toLowerCase() as keyof Gaps] || "…";
  });
}

/** `part` put in place of what is selected; on a line of its own below other text. The caret comes behind it. */
export function inserted(text: string, from: number, to: number, part: string): { text: string; caret: number } {
  const before = text.slice(0, from);
  const after = text.slice(to);
  const above = before && !/\s$/.test(before) ? "\n" : "";
  const below = after && !/^\s/.test(after) ? "\n" : "";
  const put = above + part + below;
  return { text: before + put + after, caret: from + put.length };
}
