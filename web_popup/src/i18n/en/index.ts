/** English: the texts every other language has too (a test looks). One file an area of the page. */
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

export const en = {
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

/** What a language must have: the same texts. */
export type Texts = { [Area in keyof typeof en]: Deep<(typeof en)[Area]> };
type Deep<T> = { [Key in keyof T]: T[Key] extends string ? string : Deep<T[Key]> };
