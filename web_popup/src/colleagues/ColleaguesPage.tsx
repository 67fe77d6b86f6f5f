/** Who is there, and how many wait. */
import { Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { IconUsers } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Queue } from "../api/types";
import { Badge, Card, DialButton, Empty, Loading, PageTitle } from "../parts/parts";
import { useDesk } from "../shell/live";
import { nameOf } from "../state/agents";
import { AgentBadge } from "./AgentBadge";

export default function ColleaguesPage() {
  const { t } = useTranslation();
  const ready = useDesk((desk) => desk.ready);
  const agents = useDesk((desk) => desk.agents);
  const queues = useDesk((desk) => desk.queues);
  const extension = useDesk((desk) => desk.extension);
  const people = Object.values(agents).sort((a, b) => a.name.localeCompare(b.name));
  const lines = Object.values(queues).sort((a, b) => a.name.localeCompare(b.name));
  if (!ready) return <Loading />;
  return (
    <Stack gap="xl">
      <section>
        <PageTitle title={t("colleagues.title")} />
        {people.length === 0 && <Empty icon={<IconUsers size={40} stroke={1.3} />} title={t("colleagues.empty")} />}
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
          {people.map((agent) => (
            <Card key={agent.id} p={14}>
              <Group justify="space-between" wrap="nowrap">
                <div>
                  <Text fw={600}>{agent.name}</Text>
                  <Group gap="xs">
                    <Text size="sm" c="dimmed">
                      {agent.extension}
                    </Text>
                    <AgentBadge state={agent.state} />
                  </Group>
                </div>
                {agent.extension !== extension && <DialButton number={agent.extension} display={agent.name} />}
              </Group>
            </Card>
          ))}
        </SimpleGrid>
      </section>
      <section>
        <Title order={2} size="h3" mb="md">
          {t("colleagues.queues")}
        </Title>
        {lines.length === 0 && <Text c="dimmed">{t("colleagues.emptyQueues")}</Text>}
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
          {lines.map((queue) => (
            <QueueCard key={`${queue.pbx}/${queue.name}`} queue={queue} />
          ))}
        </SimpleGrid>
      </section>
    </Stack>
  );
}

function QueueCard({ queue }: { queue: Queue }) {
  const { t } = useTranslation();
  const agents = useDesk((desk) => desk.agents);
  return (
    <Card p={14}>
      <Group justify="space-between" mb="xs">
        <Text fw={600}>{queue.name}</Text>
        <Badge tone={queue.waiting > 0 ? "ring" : "calm"}>
          {queue.waiting > 0 ? t("colleagues.waiting", { count: queue.waiting }) : t("colleagues.nobodyWaits")}
        </Badge>
      </Group>
      <Text size="sm" c="dimmed">
        {t("colleagues.members")}
      </Text>
      {queue.members.length === 0 && <Text size="sm">{t("common.none")}</Text>}
      {queue.members.map((member) => (
        <Group key={member.extension || member.name} gap="xs">
          <Text size="sm">{nameOf(agents, member.extension) || member.name}</Text>
          {member.paused && <Badge tone="hold">{t("colleagues.paused")}</Badge>}
        </Group>
      ))}
    </Card>
  );
}
