/** How the two sides of a call are named. */
import { useTranslation } from "react-i18next";
import type { Call, Party } from "../api/types";
import { type AgentsState, nameOf } from "../state/agents";

export function usePartyName(): (party: Party, agents: AgentsState) => string {
  const { t } = useTranslation();
  return (party, agents) => {
    const known = party.contact?.name ?? party.organization?.name;
    if (known) return known;
    if (party.extension) return nameOf(agents, party.extension);
    return party.name || party.display || party.number || t("pop.withheld");
  };
}

/** The customer's side; of an internal call the one who called. */
export function customer(call: Call): Party {
  return call.direction === "outbound" ? call.called : call.caller;
}

/** Who of ours had the call, or was to have it. */
export function ourSide(call: Call, agents: AgentsState): string {
  if (call.direction === "outbound") return nameOf(agents, call.caller.extension ?? call.caller.number);
  if (call.final_agent ?? call.answered_by) return nameOf(agents, call.final_agent ?? call.answered_by);
  return call.queue ?? call.offered_to.map((one) => nameOf(agents, one)).join(", ");
}
