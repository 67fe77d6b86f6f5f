/** What the PBX of a call is able to do; asked once a minute at most. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import type { components } from "../api/schema";

export type Ability = components["schemas"]["Ability"];

/** Why something cannot be done at that PBX, in words; null if it can, or nobody knows yet. */
export function useLacks(pbx: string): (ability: Ability) => string | null {
  const { t } = useTranslation();
  const pbxs = useQuery({
    queryKey: ["pbxs"],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/pbxs", { signal })).then((page) => page.items),
    staleTime: 60_000,
  });
  const abilities = pbxs.data?.find((one) => one.name === pbx)?.abilities ?? [];
  return (ability) => {
    const found = abilities.find((one) => one.ability === ability);
    return found?.lack ? t(`control.lack.${found.lack}`, { name: found.name }) : null;
  };
}
