/** Deutsch. */
import type { Texts } from "../en";
import { calls } from "./calls";
import { colleagues } from "./colleagues";
import { contacts } from "./contacts";
import { control } from "./control";
import { desk } from "./desk";
import { duplicates } from "./duplicates";
import { lists } from "./lists";
import { missed } from "./missed";
import { notes } from "./notes";
import { popup } from "./popup";
import { search } from "./search";
import { shell } from "./shell";
import { tasks } from "./tasks";

export const de: Texts = {
  ...calls,
  ...colleagues,
  ...contacts,
  ...control,
  ...desk,
  ...duplicates,
  ...lists,
  ...missed,
  ...notes,
  ...popup,
  ...search,
  ...shell,
  ...tasks,
};
