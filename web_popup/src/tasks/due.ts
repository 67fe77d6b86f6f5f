/** When a task is due: the quick choices, and the way of the browser's date field. Pure. */

export type DueChoice = "someDay" | "inTwoHours" | "tomorrow" | "pick";

const MORNING = 9;

/** The moment a choice means, in the agent's own time zone; `picked` is a date field's value. Null: some day. */
export function dueAt(choice: DueChoice, picked: string, now: Date): Date | null {
  switch (choice) {
    case "someDay":
      return null;
    case "inTwoHours": {
      const due = new Date(now.getTime() + 2 * 3600_000);
      due.setSeconds(0, 0);
      return due;
    }
    case "tomorrow":
      return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, MORNING);
    case "pick": {
      const due = new Date(picked);
      return Number.isNaN(due.getTime()) ? null : due;
    }
  }
}

/** A moment as a `datetime-local` field writes it. */
export function fieldValue(moment: Date | null): string {
  if (moment === null) return "";
  const two = (value: number) => String(value).padStart(2, "0");
  const day = [moment.getFullYear(), two(moment.getMonth() + 1), two(moment.getDate())].join("-");
  return `${day}T${two(moment.getHours())}:${two(moment.getMinutes())}`;
}
