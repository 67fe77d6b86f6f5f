/** Who hands this call over, or asks before doing so; and, while it rings, what they wrote. */
import { IconArrowForwardUp } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Pop } from "../api/types";
import { Outside } from "../parts/parts";
import { ColleaguesNote } from "../popup/NoteField";
import { useDesk } from "../shell/live";
import { nameOf } from "../state/agents";
import classes from "./control.module.css";
import { handedOverBy } from "./standing";

export function HandedOver({ pop }: { pop: Pop }) {
  const { t } = useTranslation();
  const agents = useDesk((desk) => desk.agents);
  const from = handedOverBy(pop.call, pop.agent_extension);
  if (from === null) return null;
  const name = nameOf(agents, from.who);
  return (
    <div className={classes.handedOver} data-testid="handed-over">
      <span className={classes.askingWho}>
        <IconArrowForwardUp size={18} aria-hidden />
        <Outside>{t(from.asks ? "control.asksYou" : "control.fromColleague", { name })}</Outside>
      </span>
      {pop.state === "offered" &&
        pop.colleagues_notes.map((note) => note.text.trim() && <ColleaguesNote key={note.id} note={note} />)}
    </div>
  );
}
