/** A form on something that others may change meanwhile: what they changed is taken over or asked about, never lost. */

export type Values = Readonly<Record<string, unknown>>;

export interface Draft<V extends Values> {
  /** What the service had when last looked at. */
  base: V;
  /** What stands in the form. */
  values: V;
  /** Fields that both changed, with what the others put there; each waits for a choice. */
  conflicts: Partial<V>;
  /** Fields that only the others changed, and that were taken over. */
  taken: ReadonlyArray<keyof V & string>;
}

export type Same = (field: string, one: unknown, other: unknown) => boolean;

const plainly: Same = (_field, one, other) => JSON.stringify(one) === JSON.stringify(other);

export const begin = <V extends Values>(base: V): Draft<V> => ({ base, values: base, conflicts: {}, taken: [] });

/** The fields that differ from what the service has. */
export function edited<V extends Values>(draft: Draft<V>, same: Same = plainly): Array<keyof V & string> {
  return Object.keys(draft.values).filter((field) => !same(field, draft.values[field], draft.base[field]));
}

/** The others have changed it: `now` is what the service has. */
export function rebase<V extends Values>(draft: Draft<V>, now: V, same: Same = plainly): Draft<V> {
  const values: Record<string, unknown> = { ...draft.values };
  const conflicts: Record<string, unknown> = { ...draft.conflicts };
  const taken = new Set<string>(draft.taken);
  for (const field of Object.keys(now)) {
    if (same(field, now[field], draft.base[field])) continue;
    const mine = !same(field, draft.values[field], draft.base[field]) || field in conflicts;
    if (same(field, now[field], values[field])) delete conflicts[field];
    else if (mine) conflicts[field] = now[field];
    else {
      values[field] = now[field];
      taken.add(field);
    }
  }
  return { base: now, values: values as V, conflicts: conflicts as Partial<V>, taken: [...taken] };
}

/** One chose: mine stays and will be saved over theirs, or theirs is taken. */
export function decide<V extends Values>(draft: Draft<V>, field: keyof V & string, theirs: boolean): Draft<V> {
  const { [field]: value, ...conflicts } = draft.conflicts;
  const values = theirs ? { ...draft.values, [field]: value } : draft.values;
  return { ...draft, values, conflicts: conflicts as unknown as Partial<V> };
}
