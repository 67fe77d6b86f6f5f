/** What kind of caller a pop is about: each kind has a face of its own. Pure. */
import type { Pop } from "../api/types";

export type CallerKind =
  | "known"
  | "organization"
  | "ambiguous"
  | "unknown"
  | "withheld"
  | "colleague"
  | "mobile"
  | "own_number"
  | "spam"
  | "pending";

/** Who is marked is marked, whoever it is; who is one of us is a colleague, whatever the contacts say. */
export function callerKind(pop: Pop): CallerKind {
  const { match } = pop;
  if (pop.spam) return "spam";
  if (pop.colleague) return pop.call.direction === "internal" ? "colleague" : "mobile";
  if (match.kind === "ambiguous") return "ambiguous";
  if (match.kind === "unique") return match.contact ? "known" : "organization";
  switch (match.reason) {
    case "withheld":
    case "colleague":
    case "own_number":
    case "pending":
      return match.reason;
    default:
      return "unknown";
  }
}
