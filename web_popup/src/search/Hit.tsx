/** One result: who or what it is, why it was found, and the number to dial. */
import { Text } from "@mantine/core";
import { IconBuilding, IconNote, IconPhone, IconPhoneOff, IconUser } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { SearchHit, SearchMatch } from "../api/types";
import { useFormat } from "../parts/format";
import { pieces } from "./marks";
import classes from "./search.module.css";

const ICONS = { contact: IconUser, organization: IconBuilding, note: IconNote };
// These stand in the hit anyway.
const SHOWN = ["name", "organization", "number", "note"];

export function Hit({ hit }: { hit: SearchHit }) {
  const { t } = useTranslation();
  const format = useFormat();
  const Icon = ICONS[hit.kind];
  const of = (field: string) => hit.matches.find((one) => one.field === field);
  const others = hit.matches.filter((one) => !SHOWN.includes(one.field));
  const number = of("number");
  return (
    <div className={classes.hit}>
      <Icon size={20} className={classes.hitIcon} role="img" aria-label={t(`search.kind.${hit.kind}`)} />
      <div className={classes.hitText}>
        <Text fw={600} truncate component="div">
          <Marked match={of("name")} text={hit.title || t("search.kind.note")} />
        </Text>
        <Text size="sm" c="dimmed" truncate component="div" className={classes.hitMore}>
          <Marked match={of(hit.kind === "note" ? "note" : "organization")} text={hit.subtitle} />
          {others.slice(0, 1).map((match) => (
            <span key={match.field}>
              {hit.subtitle && " · "}
              <Marked match={match} text={match.text} />
            </span>
          ))}
          {hit.matches.length === 0 && (
            <i>
              {hit.subtitle && " · "}
              {t("search.meant")}
            </i>
          )}
          {hit.last_call_at && (
            <span className={classes.lastCall}>
              {" · "}
              {t("search.lastCall", { when: format.moment(hit.last_call_at) })}
            </span>
          )}
        </Text>
      </div>
      {hit.number && (
        <span className={classes.hitNumber} data-dial title={t("dial.callNumber", { number: hit.number.display })}>
          <span className={classes.hitDigits}>
            {number ? <Marked match={number} text={number.text} /> : <bdi>{hit.number.display}</bdi>}
          </span>
          {hit.number.do_not_call ? (
            <IconPhoneOff size={18} color="var(--missed-text)" role="img" aria-label={t("search.doNotCall")} />
          ) : (
            <IconPhone size={18} aria-hidden />
          )}
        </span>
      )}
    </div>
  );
}

function Marked({ match, text }: { match: SearchMatch | undefined; text: string }) {
  if (!match) return <bdi>{text}</bdi>;
  return (
    <bdi>
      {pieces(match.text, match.ranges).map((one) =>
        one.marked ? (
          <mark key={one.at} className={classes.mark}>
            {one.text}
          </mark>
        ) : (
          one.text
        ),
      )}
    </bdi>
  );
}
