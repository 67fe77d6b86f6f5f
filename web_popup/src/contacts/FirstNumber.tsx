/** The number one would call somebody on, in a list. */
import type { PhoneNumber } from "../api/types";
import { DialButton, NumberWithDial } from "../parts/parts";
import classes from "./contacts.module.css";
import { dialable, firstToDial } from "./numbers";

export function FirstNumber({ numbers, contactId }: { numbers: PhoneNumber[]; contactId?: string }) {
  const first = firstToDial(numbers);
  if (!first) return null;
  return (
    <div className={classes.call}>
      <span className={classes.wide}>
        <NumberWithDial number={dialable(first)} display={first.display} contactId={contactId} />
      </span>
      <span className={classes.narrow}>
        <DialButton number={dialable(first)} display={first.display} contactId={contactId} />
      </span>
    </div>
  );
}
