/** How the service's links to the telephone systems are. Pure. */
import type { Link } from "../api/types";

export type LinksState = Readonly<Record<string, Link>>;
export type LinksAction = { type: "links/snapshot"; links: readonly Link[] } | { type: "links/changed"; link: Link };

export function reduceLinks(state: LinksState, action: LinksAction): LinksState {
  if (action.type === "links/snapshot") return Object.fromEntries(action.links.map((one) => [one.pbx, one]));
  return { ...state, [action.link.pbx]: action.link };
}

/** The links that are not up. */
export function linksDown(state: LinksState): Link[] {
  return Object.values(state).filter((link) => link.state !== "up");
}
