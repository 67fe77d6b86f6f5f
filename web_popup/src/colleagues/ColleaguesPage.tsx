/** Who is there and what they do, how many wait, and my own queues. */
import { Select, SimpleGrid, Stack, Switch, Text, TextInput, Title } from "@mantine/core";
import { IconSearch, IconUsers } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty, Loading, PageTitle } from "../parts/parts";
import { useDesk } from "../shell/live";
import { queueKey } from "../state/queues";
import { AgentRow } from "./AgentRow";
import classes from "./colleagues.module.css";
import { OwnQueues } from "./OwnQueues";
import { useOwnAgent } from "./own";
import { teamsOf } from "./people";
import { QueueCard } from "./QueueCard";

export default function ColleaguesPage() {
  const { t } = useTranslation();
  const ready = useDesk((desk) => desk.ready);
  const own = useOwnAgent();
  if (!ready) return <Loading />;
  return (
    <>
      <PageTitle title={t("colleagues.title")} />
      <Stack gap="xl">
        {own && <OwnQueues own={own} />}
        <Queues />
        <People ownId={own?.id} />
      </Stack>
    </>
  );
}

function Queues() {
  const { t } = useTranslation();
  const queues = Object.values(useDesk((desk) => desk.queues)).sort((a, b) => a.name.localeCompare(b.name));
  const severalPbxs = new Set(queues.map((queue) => queue.pbx)).size > 1;
  return (
    <section aria-label={t("queues.all")}>
      <Title order={2} size="h4" mb="sm">
        {t("queues.all")}
      </Title>
      {queues.length === 0 && <Text c="dimmed">{t("queues.none")}</Text>}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {queues.map((queue) => (
          <QueueCard key={queueKey(queue)} queue={queue} severalPbxs={severalPbxs} />
        ))}
      </SimpleGrid>
    </section>
  );
}

const ALL = "*";

function People({ ownId }: { ownId: string | undefined }) {
  const { t } = useTranslation();
  const agents = Object.values(useDesk((desk) => desk.agents));
  const [text, setText] = useState("");
  const [team, setTeam] = useState(ALL);
  const [onlyReady, setOnlyReady] = useState(false);
  const names = [...new Set(agents.map((agent) => agent.team))].sort((a, b) => a.localeCompare(b));
  const severalTeams = names.length > 1;
  const chosen = names.includes(team) ? team : null;
  const teams = teamsOf(agents, { text, team: chosen, onlyReady });
  const teamName = (name: string) => name || t("colleagues.noTeam");
  return (
    <section aria-label={t("colleagues.people")}>
      <div className={classes.filters}>
        <Title order={2} size="h4">
          {t("colleagues.people")}
        </Title>
        <TextInput
          className={classes.search}
          type="search"
          leftSection={<IconSearch size={16} />}
          aria-label={t("colleagues.search")}
          placeholder={t("colleagues.search")}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {severalTeams && (
          <Select
            w={170}
            aria-label={t("colleagues.team")}
            allowDeselect={false}
            data={[
              { value: ALL, label: t("colleagues.allTeams") },
              ...names.map((name) => ({ value: name, label: teamName(name) })),
            ]}
            value={chosen ?? ALL}
            onChange={(value) => setTeam(value ?? ALL)}
          />
        )}
        <Switch
          label={t("colleagues.onlyReady")}
          checked={onlyReady}
          onChange={(event) => setOnlyReady(event.currentTarget.checked)}
        />
      </div>
      {agents.length === 0 && <Empty icon={<IconUsers size={40} stroke={1.3} />} title={t("colleagues.empty")} />}
      {agents.length > 0 && teams.length === 0 && (
        <Empty icon={<IconSearch size={36} stroke={1.3} />} title={t("colleagues.noMatch")} />
      )}
      {teams.map((one) => (
        <div key={one.name} className={classes.team}>
          {severalTeams && <h3 className={classes.teamName}>{teamName(one.name)}</h3>}
          <ul className={classes.people}>
            {one.people.map((agent) => (
              <AgentRow key={agent.id} agent={agent} own={agent.id === ownId} />
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}
