/** The call log: running calls on top, then what was, filtered. */
import { useDebouncedValue } from "@mantine/hooks";
import { IconPhoneCall } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useCalls } from "../api/queries";
import { Empty, Pages, PageTitle } from "../parts/parts";
import { useDesk } from "../shell/live";
import { runningCalls } from "../state/calls";
import { CallFilters } from "./CallFilters";
import { CallTable } from "./CallTable";
import classes from "./calls.module.css";
import { type Chosen, filterOf, fromAddress, isFiltered, toAddress } from "./filters";

export default function CallsPage() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const [chosen, setChosen] = useState(() => fromAddress(params));
  const [settled] = useDebouncedValue(chosen, 200);
  const filter = useMemo(() => filterOf(settled, new Date()), [settled]);
  const calls = useCalls(filter);
  const live = useDesk((desk) => desk.calls);
  const running = useMemo(() => runningCalls(live), [live]);
  const choose = (next: Chosen) => {
    setChosen(next);
    setParams(toAddress(next), { replace: true });
  };

  return (
    <>
      <PageTitle title={t("calls.title")} />
      {running.length > 0 && (
        <section className={classes.running} aria-labelledby="running-calls">
          <h2 className={classes.head} id="running-calls">
            {t("calls.running")}
          </h2>
          <CallTable calls={running} />
        </section>
      )}
      <CallFilters chosen={chosen} choose={choose} />
      <Pages
        query={calls}
        empty={
          <Empty
            icon={<IconPhoneCall size={40} stroke={1.3} />}
            title={t(isFiltered(settled) ? "calls.emptyFiltered" : "calls.empty")}
          />
        }
      >
        {(items) => <CallTable calls={items} />}
      </Pages>
    </>
  );
}
