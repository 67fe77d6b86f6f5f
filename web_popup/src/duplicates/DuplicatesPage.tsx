/** All contacts that may be one, the likeliest first. */
import { Anchor, Button, Text } from "@mantine/core";
import { IconSparkles } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { ContactTabs } from "../contacts/ContactTabs";
import { Badge, Card, Empty, Loading, Outside, PageTitle, Problem } from "../parts/parts";
import { Comparison } from "./Comparison";
import classes from "./duplicates.module.css";
import { type Pair, useDuplicates } from "./queries";

const A_PAGE = 25;
const AT_MOST = 100;

export default function DuplicatesPage() {
  const { t } = useTranslation();
  const [limit, setLimit] = useState(A_PAGE);
  const duplicates = useDuplicates(limit);
  const found = duplicates.data;
  return (
    <>
      <PageTitle title={t("duplicates.title")} />
      <ContactTabs active="duplicates" />
      {duplicates.isPending && <Loading />}
      {duplicates.isError && <Problem error={duplicates.error} retry={() => void duplicates.refetch()} />}
      {found?.items.length === 0 && (
        <Empty icon={<IconSparkles size={40} stroke={1.3} />} title={t("duplicates.none")}>
          <Text>{t("duplicates.noneHint")}</Text>
        </Empty>
      )}
      {found && found.items.length > 0 && (
        <>
          <Text c="dimmed" mb="md">
            {t("duplicates.lead")}
          </Text>
          <ul className={classes.pairs}>
            {found.items.map((pair) => (
              <li key={`${pair.first.id} ${pair.second.id}`}>
                <Card>
                  <Proposal pair={pair} />
                </Card>
              </li>
            ))}
          </ul>
          {found.more && limit < AT_MOST && (
            <Button variant="default" mt="md" onClick={() => setLimit(limit + A_PAGE)} loading={duplicates.isFetching}>
              {t("common.more")}
            </Button>
          )}
        </>
      )}
    </>
  );
}

function Proposal({ pair }: { pair: Pair }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <div className={classes.head}>
        <div>
          <span className={classes.names}>
            {[pair.first, pair.second].map((who, index) => (
              <span key={who.id}>
                {index === 1 && (
                  <Text span c="dimmed" mr={10}>
                    =?
                  </Text>
                )}
                <Anchor component={Link} to={`/contacts/${who.id}`} fw={600}>
                  <Outside>{who.name}</Outside>
                </Anchor>
                {who.organization && (
                  <Text span size="sm" c="dimmed" ml={6}>
                    <Outside>{who.organization.name}</Outside>
                  </Text>
                )}
              </span>
            ))}
          </span>
          <div className={classes.reasons}>
            {pair.reasons.map((why) => (
              <Badge key={why.by} tone="calm">
                {t(`duplicates.by.${why.by}`, { value: why.value })}
              </Badge>
            ))}
          </div>
        </div>
        <Button variant="default" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t(open ? "common.close" : "duplicates.compare")}
        </Button>
      </div>
      {open && <Comparison pair={pair} />}
    </>
  );
}
