/** All the live state of the desk, and how a message of the server changes it. Pure. */

import type { MissedCall, MissedCounts } from "../api/types";
import type { ServerMessage } from "../transport/messages";
import type { ConnectionState } from "../transport/socket";
import { type AgentsState, reduceAgents } from "./agents";
import { type CallsState, noCalls, reduceCalls } from "./calls";
import { type LinksState, reduceLinks } from "./links";
import { noPops, type PopsAction, type PopsState, reducePops } from "./pops";
import { type QueuesState, reduceQueues } from "./queues";

export interface Desk {
  connection: ConnectionState;
  /** Since when the service is not heard, in milliseconds; null while it is. */
  silentSince: number | null;
  /** A snapshot has come since signing in; before it, nothing is known. */
  ready: boolean;
  /** This tab is the one of the browser that notifies. */
  leading: boolean;
  extension: string | null;
  version: string;
  /** The service was replaced by another version since this page was loaded. */
  outdated: boolean;
  pops: PopsState;
  calls: CallsState;
  agents: AgentsState;
  queues: QueuesState;
  links: LinksState;
  missed: MissedCounts;
  /** The missed caller whom this user had put off until now, the last one told of. */
  missedDue: MissedCall | null;
}

export type DeskAction =
  | { type: "message"; message: ServerMessage }
  | { type: "connection"; connection: ConnectionState; at: number }
  | { type: "leading"; leads: boolean }
  | { type: "signed-out" }
  | PopsAction;

export const emptyDesk: Desk = {
  connection: "connecting",
  silentSince: null,
  ready: false,
  leading: false,
  extension: null,
  version: "",
  outdated: false,
  pops: noPops,
  calls: noCalls,
  agents: {},
  queues: {},
  links: {},
  missed: { unclaimed: 0, claimed: {} },
  missedDue: null,
};

export function reduceDesk(desk: Desk, action: DeskAction): Desk {
  switch (action.type) {
    case "message":
      return receive(desk, action.message);
    case "connection":
      if (desk.connection === action.connection) return desk;
      return {
        ...desk,
        connection: action.connection,
        silentSince: action.connection === "live" ? null : (desk.silentSince ?? action.at),
      };
    case "leading":
      return desk.leading === action.leads ? desk : { ...desk, leading: action.leads };
    case "signed-out":
      return emptyDesk;
    default:
      return withPops(desk, reducePops(desk.pops, action));
  }
}

function receive(desk: Desk, message: ServerMessage): Desk {
  switch (message.type) {
    case "welcome":
      return {
        ...desk,
        extension: message.extension,
        version: message.version,
        outdated: desk.outdated || (desk.version !== "" && desk.version !== message.version),
      };
    case "snapshot":
      return {
        ...desk,
        ready: true,
        pops: reducePops(desk.pops, { type: "pops/snapshot", pops: message.pops }),
        calls: reduceCalls(desk.calls, { type: "calls/snapshot", calls: message.calls }),
        agents: reduceAgents(desk.agents, { type: "agents/snapshot", agents: message.agents }),
        queues: reduceQueues(desk.queues, { type: "queues/snapshot", queues: message.queues }),
        links: reduceLinks(desk.links, { type: "links/snapshot", links: message.links }),
        missed: message.missed,
      };
    case "pop":
      return withPops(desk, reducePops(desk.pops, { type: "pops/changed", pop: message.pop }));
    case "call": {
      const calls = reduceCalls(desk.calls, { type: "calls/changed", call: message.call });
      return calls === desk.calls ? desk : { ...desk, calls };
    }
    case "agent":
      return { ...desk, agents: reduceAgents(desk.agents, { type: "agents/changed", agent: message.agent }) };
    case "queue":
      return { ...desk, queues: reduceQueues(desk.queues, { type: "queues/changed", queue: message.queue }) };
    case "agent_gone":
      return { ...desk, agents: reduceAgents(desk.agents, { type: "agents/gone", id: message.id }) };
    case "queue_gone":
      return { ...desk, queues: reduceQueues(desk.queues, { ...message, type: "queues/gone" }) };
    case "missed_calls":
      return { ...desk, missed: message.counts };
    case "missed_call_due":
      return { ...desk, missedDue: message.line };
    case "link":
      return { ...desk, links: reduceLinks(desk.links, { type: "links/changed", link: message.link }) };
    default:
      return desk;
  }
}

function withPops(desk: Desk, pops: PopsState): Desk {
  return pops === desk.pops ? desk : { ...desk, pops };
}
