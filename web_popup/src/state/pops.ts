/** The pops of this agent: which there are, and which one stands in front. Pure. */
import type { Pop } from "../api/types";

export interface PopsState {
  byId: Readonly<Record<string, Pop>>;
  /** Call ids in the order in which they came. */
  order: readonly string[];
  front: string | null;
  /** The agent works in the pop: nothing takes the front from them. */
  engaged: boolean;
  /** Revisions of pops that went away, newest last: a late message must not bring one back. */
  gone: ReadonlyMap<string, number>;
}

export type PopsAction =
  | { type: "pops/snapshot"; pops: readonly Pop[] }
  | { type: "pops/changed"; pop: Pop }
  | { type: "pops/front"; callId: string }
  | { type: "pops/engaged"; engaged: boolean }
  | { type: "pops/dismiss"; callId: string };

export const noPops: PopsState = { byId: {}, order: [], front: null, engaged: false, gone: new Map() };

const REMEMBERED = 200;
const RANK: Record<Pop["state"], number> = { talking: 0, dialling: 1, offered: 2, wrap_up: 3, closed: 4 };

export function reducePops(state: PopsState, action: PopsAction): PopsState {
  switch (action.type) {
    case "pops/snapshot": {
      const open = action.pops.filter((pop) => pop.state !== "closed");
      return choose({
        ...state,
        byId: Object.fromEntries(open.map((pop) => [pop.call.id, pop])),
        order: open.map((pop) => pop.call.id),
        gone: new Map([...state.gone].filter(([id]) => !open.some((pop) => pop.call.id === id))),
      });
    }
    case "pops/changed":
      return changed(state, action.pop);
    case "pops/front":
      return state.byId[action.callId] ? { ...state, front: action.callId } : state;
    case "pops/engaged":
      if (state.engaged === action.engaged) return state;
      return choose({ ...state, engaged: action.engaged });
    case "pops/dismiss":
      return state.byId[action.callId] ? remove(state, action.callId) : state;
  }
}

function changed(state: PopsState, pop: Pop): PopsState {
  const id = pop.call.id;
  const known = state.byId[id]?.revision ?? state.gone.get(id);
  if (known !== undefined && pop.revision <= known) return state;
  if (pop.state === "closed") {
    if (!state.byId[id]) return { ...state, gone: remember(state.gone, id, pop.revision) };
    if (pop.closed_reason === "done") {
      return remove({ ...state, byId: { ...state.byId, [id]: pop } }, id);
    }
  }
  return choose({
    ...state,
    byId: { ...state.byId, [id]: pop },
    order: state.order.includes(id) ? state.order : [...state.order, id],
  });
}

function remove(state: PopsState, id: string): PopsState {
  const { [id]: removed, ...byId } = state.byId;
  return choose({
    ...state,
    byId,
    order: state.order.filter((one) => one !== id),
    gone: remember(state.gone, id, removed?.revision ?? 0),
  });
}

function remember(gone: ReadonlyMap<string, number>, id: string, revision: number): ReadonlyMap<string, number> {
  const next = new Map(gone);
  next.delete(id);
  next.set(id, revision);
  for (const oldest of next.keys()) {
    if (next.size <= REMEMBERED) break;
    next.delete(oldest);
  }
  return next;
}

/** The one in front stays there while the agent works in it, and against its equals. */
function choose(state: PopsState): PopsState {
  const current = state.front === null ? undefined : state.byId[state.front];
  if (current && state.engaged) return state;
  let best = current;
  for (const id of state.order) {
    const pop = state.byId[id];
    if (pop && (!best || RANK[pop.state] < RANK[best.state])) best = pop;
  }
  const front = best?.call.id ?? null;
  return front === state.front ? state : { ...state, front };
}
