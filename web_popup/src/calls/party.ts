/** How the two sides of a call are named. */
import { useTranslation } from "react-i18next";
import type { Call, Party } from "../api/types";
import { useDesk } from "../shell/live";
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

/** Who somebody in a call is of whom the PBX tells a number only. */
export function useWho({ caller, called }: Call): (number: string | null) => string {
  const agents = useDesk((desk) => desk.agents);
  const partyName = usePartyName();
  return (number) => {
    const side = [caller, called].find((one) => one.number === number && !one.extension);
    return number && side ? partyName(side, agents) : nameOf(agents, number);
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
