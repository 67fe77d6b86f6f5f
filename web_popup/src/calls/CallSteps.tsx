/** How a call went, line by line. */
import { useTranslation } from "react-i18next";
import type { CallRecord } from "../api/types";
import { en } from "../i18n/en";
import { useFormat } from "../parts/format";
import { Outside } from "../parts/parts";
import { useDesk } from "../shell/live";
import { nameOf } from "../state/agents";
import classes from "./calls.module.css";

type Known = keyof typeof en.step;
const isKnown = (what: string): what is Known => what in en.step;

export function CallSteps({ call }: { call: CallRecord }) {
  const { t } = useTranslation();
  const format = useFormat();
  const agents = useDesk((desk) => desk.agents);
  return (
    <ol className={classes.steps}>
      {call.steps.map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the history of a call only grows at its end
        <li key={index}>
          <time dateTime={step.at}>{format.time(step.at)}</time>
          <span>
            {step.who && (
              <b>
                <Outside>{nameOf(agents, step.who)}</Outside>:{" "}
              </b>
            )}
            {isKnown(step.what) ? t(`step.${step.what}`) : step.what}
            {step.detail && (
              <>
                {" – "}
                <Outside>{nameOf(agents, step.detail)}</Outside>
              </>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}
