/** A text in pieces, those that were typed marked. */
export interface Piece {
  at: number;
  text: string;
  marked: boolean;
}

export function pieces(text: string, ranges: ReadonlyArray<readonly number[]>): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  const add = (end: number, marked: boolean) => {
    if (end > at) found.push({ at, text: text.slice(at, end), marked });
    at = Math.max(at, end);
  };
  for (const [begin = 0, end = 0] of [...ranges].sort((one, other) => (one[0] ?? 0) - (other[0] ?? 0))) {
    add(begin, false);
    add(end, true);
  }
  add(text.length, false);
  return found;
}

/** Whether what was typed may be a number to dial as it stands: digits, and what is written between them. */
export const looksDialable = (text: string) =>
  /^[+\d*#][\d\s()/.*#-]*$/.test(text.trim()) && (text.match(/\d/g)?.length ?? 0) > 2;
