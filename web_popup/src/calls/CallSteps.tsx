/** How a call went, line by line. */
import { useTranslation } from "react-i18next";
import type { CallRecord } from "../api/types";
import type { en } from "../i18n/en";
import { useFormat } from "../parts/format";
import { Outside } from "../parts/parts";
import classes from "./calls.module.css";
import { useWho } from "./party";

type Step = CallRecord["steps"][number];

export function CallSteps({ call }: { call: CallRecord }) {
  const format = useFormat();
  const who = useWho(call);
  return (
    <ol className={classes.steps}>
      {call.steps.map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the history of a call only grows at its end
        <li key={index}>
          <time dateTime={step.at}>{format.time(step.at)}</time>
          <span>
            <StepWords step={step} name={who} />
          </span>
        </li>
      ))}
    </ol>
  );
}

export function StepWords({ step, name }: { step: Step; name: (number: string | null) => string }) {
  const { t, i18n } = useTranslation();
  const what = i18n.exists(`step.${step.what}`) ? t(`step.${step.what as keyof typeof en.step}`) : step.what;
  const detail = () => {
    if (step.what === "ring_ended") return t(`legEnd.${step.detail as keyof typeof en.legEnd}`);
    if (step.what === "ended") return t(`outcome.${step.detail as keyof typeof en.outcome}`);
    return name(step.detail);
  };
  return (
    <>
      {step.who && (
        <b>
          <Outside>{name(step.who)}</Outside>:{" "}
        </b>
      )}
      {what}
      {step.detail && (
        <>
          {" – "}
          <Outside>{detail()}</Outside>
        </>
      )}
    </>
  );
}
