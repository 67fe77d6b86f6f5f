/** The number in a telephone link. Pure. */

const LONGEST = 80;

/** What is to be dialled of "tel:+49-30-1234;ext=5" or "callto:+4930": the number alone; null if there is none. */
export function linkedNumber(link: string | null): string | null {
  let text = link ?? "";
  try {
    text = decodeURIComponent(text);
  } catch {} // a percent sign that is one
  // RFC 3966: the number, then parameters; the extension is one of them.
  const [number = "", ...parameters] = text.replace(/^(tel|callto):(\/\/)?/i, "").split(";");
  const digits = number.replace(/[^0-9*#+]/g, "");
  if (!/[0-9]/.test(digits) || number.length > LONGEST) return null;
  const extension = parameters.find((one) => /^ext=[0-9]+$/i.test(one))?.slice(4);
  return extension ? `${digits} ext. ${extension}` : digits;
}
