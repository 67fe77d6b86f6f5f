/** What matters now about a caller: everything open, the most urgent first, then what was last. Pure. */
import type { Note, Pop, Task } from "../api/types";

export type Line = Pop["context"]["touchpoints"][number];

export type Matter =
  | { kind: "overdue"; task: Task }
  | { kind: "today"; task: Task }
  | { kind: "promised"; missed: NonNullable<Pop["context"]["missed"]> }
  | { kind: "open"; task: Task }
  | { kind: "note"; note: Note }
  | { kind: "talked"; line: Line }
  | { kind: "first" };

const RANK: Record<Matter["kind"], number> = {
  overdue: 0,
  today: 1,
  promised: 2,
  open: 3,
  note: 4,
  talked: 5,
  first: 6,
};

function ofTask(task: Task, now: number): Matter {
  const due = task.due_at === null ? Number.POSITIVE_INFINITY : Date.parse(task.due_at);
  if (due < now) return { kind: "overdue", task };
  return due < new Date(now).setHours(24, 0, 0, 0) ? { kind: "today", task } : { kind: "open", task };
}

/** All of them, in order; of the same kind the earliest due first, as the service sends them. */
export function matters(pop: Pop, now: number): Matter[] {
  const { context } = pop;
  const found: Matter[] = context.open_tasks.map((task) => ofTask(task, now));
  if (context.missed) found.push({ kind: "promised", missed: context.missed });
  if (context.last_note) found.push({ kind: "note", note: context.last_note });
  const talked = lastAnswered(pop);
  if (talked) found.push({ kind: "talked", line: talked });
  if (context.complete && pop.match.kind === "unique" && context.touchpoints.length === 0)
    found.push({ kind: "first" });
  return found.sort((one, other) => RANK[one.kind] - RANK[other.kind]);
}

/** The last call with them that somebody of ours answered. */
export function lastAnswered(pop: Pop): Line | undefined {
  return pop.context.touchpoints.find((line) => line.outcome === "answered" && line.agent);
}
