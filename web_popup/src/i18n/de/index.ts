/** Deutsch. */
import type { Texts } from "../en";
import { calls } from "./calls";
import { colleagues } from "./colleagues";
import { contacts } from "./contacts";
import { notes } from "./notes";
import { popup } from "./popup";
import { shell } from "./shell";
import { tasks } from "./tasks";

export const de: Texts = {
  ...calls,
  ...colleagues,
  ...contacts,
  ...notes,
  ...popup,
  ...shell,
  ...tasks,
};
