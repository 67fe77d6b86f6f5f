/** How a pop is spoken of. */
import { useTranslation } from "react-i18next";
import type { Pop } from "../api/types";
import { useDesk } from "../shell/live";
import { nameOf } from "../state/agents";
import { otherParty } from "../state/progress";

/** Who it is, in one name: a colleague, the contact, the organisation, what the network said, else the number. */
export function usePopName(): (pop: Pop) => string {
  const { t } = useTranslation();
  const agents = useDesk((desk) => desk.agents);
  return (pop) => {
    const party = otherParty(pop.call, pop.agent_extension);
    const { match } = pop;
    if (pop.colleague) {
      const colleague = nameOf(agents, pop.colleague);
      if (colleague !== pop.colleague) return colleague;
    }
    if (match.kind === "unique") {
      const known = match.contact?.name ?? match.organization?.name;
      if (known) return known;
    }
    if (match.reason === "withheld" || !party.number) return t("pop.withheld");
    return party.name || party.display || party.number;
  };
}
