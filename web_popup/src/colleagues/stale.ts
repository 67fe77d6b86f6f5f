/** Since when what is shown of a PBX may be no longer so. */
import { useDesk } from "../shell/live";
import type { Desk } from "../state/desk";

/** In milliseconds; null while the service, and at least one of these PBXs, is heard. */
export function staleSince(desk: Pick<Desk, "silentSince" | "links">, pbxs: readonly string[]): number | null {
  if (desk.silentSince !== null) return desk.silentSince;
  const links = pbxs.map((pbx) => desk.links[pbx]);
  if (links.length === 0 || links.some((link) => !link || link.state === "up")) return null;
  return Math.max(...links.map((link) => (link?.since ? Date.parse(link.since) : 0)));
}

export const useStaleSince = (pbxs: readonly string[]): number | null => useDesk((desk) => staleSince(desk, pbxs));
