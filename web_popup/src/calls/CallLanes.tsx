/** The legs of a call over time: who rang, talked and held, when. */
import { useTranslation } from "react-i18next";
import type { Call } from "../api/types";
import { duration, useNow } from "../parts/format";
import { Outside } from "../parts/parts";
import classes from "./calls.module.css";
import { type Lane, lanesOf, lengthOf, type Phase } from "./lanes";
import { useWho } from "./party";

const PHASES: readonly Phase[] = ["ringing", "talking", "held", "other"];

export function CallLanes({ call }: { call: Call }) {
  return call.ended_at === null ? <RunningLanes call={call} /> : <Lanes call={call} now={0} />;
}

function RunningLanes({ call }: { call: Call }) {
  return <Lanes call={call} now={useNow()} />;
}

function Lanes({ call, now }: { call: Call; now: number }) {
  const { t } = useTranslation();
  const who = useWho(call);
  const lanes = lanesOf(call, now);
  const length = lengthOf(call, now);
  const percent = (seconds: number) => `${(seconds / length) * 100}%`;
  const name = (lane: Lane) =>
    (lane.party && who(lane.party)) || lane.name || (lane.outside ? t("calls.trunkLeg") : "");
  const words = (lane: Lane) =>
    lane.spans.map((one) => `${t(`calls.lane.${one.phase}`)} ${duration(one.from)}–${duration(one.to)}`).join(", ");
  const used = PHASES.filter((phase) => lanes.some((lane) => lane.spans.some((one) => one.phase === phase)));
  return (
    <>
      <ul className={classes.lanes}>
        {lanes.map((lane) => (
          <li className={classes.lane} key={lane.id}>
            <span className={classes.laneName} title={name(lane)}>
              <Outside>{name(lane)}</Outside>
            </span>
            <div
              className={classes.laneTrack}
              role="img"
              aria-label={t("calls.laneText", { who: name(lane), parts: words(lane) })}
              title={words(lane)}
            >
              {lane.spans.map((one) => (
                <i
                  key={`${one.phase} ${one.from}`}
                  className={classes[one.phase]}
                  style={{ left: percent(one.from), width: percent(one.to - one.from) }}
                />
              ))}
            </div>
          </li>
        ))}
      </ul>
      <div className={classes.legend} aria-hidden>
        {used.map((phase) => (
          <span key={phase}>
            <i className={classes[phase]} />
            {t(`calls.lane.${phase}`)}
          </span>
        ))}
      </div>
    </>
  );
}
