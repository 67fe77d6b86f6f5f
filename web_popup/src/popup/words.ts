/** How a pop is spoken of. */
import { useTranslation } from "react-i18next";
import type { Pop } from "../api/types";
import { otherParty } from "../state/progress";

/** Who it is, in one name: the contact, else the organisation, else what the network said, else the number. */
export function usePopName(): (pop: Pop) => string {
  const { t } = useTranslation();
  return (pop) => {
    const party = otherParty(pop.call, pop.agent_extension);
    const { match } = pop;
    if (match.kind === "unique") {
      const known = match.contact?.name ?? match.organization?.name;
      if (known) return known;
    }
    if (match.reason === "withheld" || !party.number) return t("pop.withheld");
    return party.name || party.display || party.number;
  };
}
