/** The languages a contact may prefer, by their names in the page's language. */
const CODES =
  "de en fr it es pt nl pl cs sk hu ro bg hr sr bs sl sq el tr ru uk ar fa ku he da sv no fi et lv lt hi ur bn ta zh ja ko vi th";

export function languageName(code: string, shownIn: string): string {
  try {
    return new Intl.DisplayNames(shownIn, { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

export const languageChoices = (shownIn: string) =>
  CODES.split(" ")
    .map((value) => ({ value, label: languageName(value, shownIn) }))
    .sort((one, other) => one.label.localeCompare(other.label, shownIn));
