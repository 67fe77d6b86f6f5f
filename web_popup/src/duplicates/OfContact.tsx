/** On a contact's page: whom they may be the same as, and who became part of them. */
import { Alert, Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { IconArrowBackUp, IconUsers } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { CONTACT_FIELDS } from "../contacts/fields";
import { Dialog } from "../parts/Dialog";
import { useFormat } from "../parts/format";
import { Outside } from "../parts/parts";
import { Comparison } from "./Comparison";
import { type Merge, type Pair, useDuplicatesOf, useMerges, useTakeApart } from "./queries";

export default function OfContact({ contactId }: { contactId: string }) {
  const { t } = useTranslation();
  const pairs = useDuplicatesOf(contactId).data?.items ?? [];
  const merges = useMerges(contactId).data?.items ?? [];
  const [compared, compare] = useState<Pair | null>(null);
  if (pairs.length === 0 && merges.length === 0) return null;
  return (
    <Stack gap="sm" mb="lg">
      {pairs.map((pair) => {
        const other = pair.first.id === contactId ? pair.second : pair.first;
        const mine = pair.first.id === contactId ? pair : { ...pair, first: pair.second, second: pair.first };
        return (
          <Alert key={other.id} variant="default" icon={<IconUsers />} title={t("duplicates.maybe")}>
            <Group justify="space-between">
              <Text size="sm">
                <Anchor component={Link} to={`/contacts/${other.id}`} size="sm">
                  <Outside>{other.name}</Outside>
                </Anchor>
                {` · ${pair.reasons.map((why) => t(`duplicates.by.${why.by}`, { value: why.value })).join(" · ")}`}
              </Text>
              <Button size="xs" variant="default" onClick={() => compare(mine)}>
                {t("duplicates.compare")}
              </Button>
            </Group>
          </Alert>
        );
      })}
      {merges.map((merge) => (
        <Merged key={merge.id} merge={merge} />
      ))}
      <Dialog opened={compared !== null} onClose={() => compare(null)} size="xl" title={t("duplicates.maybe")}>
        {compared && <Comparison pair={compared} done={() => compare(null)} />}
      </Dialog>
    </Stack>
  );
}

function Merged({ merge }: { merge: Merge }) {
  const { t } = useTranslation();
  const format = useFormat();
  const apart = useTakeApart();
  const lost = Object.entries(merge.lost).map(([name, value]) => {
    const known = CONTACT_FIELDS.find((one) => one === name || (one === "organization" && name === "organization_id"));
    return `${known ? t(`duplicates.field.${known}`) : name.replace("custom.", "")}: ${value}`;
  });
  return (
    <Group justify="space-between" gap="xs">
      <Text size="sm" c="dimmed">
        {t("duplicates.mergedOn", {
          name: merge.gone_name,
          who: merge.merged_by,
          when: format.moment(merge.merged_at),
        })}
        {lost.length > 0 && ` ${t("duplicates.alsoHad", { values: lost.join(" · ") })}`}
      </Text>
      <Button
        size="compact-sm"
        variant="subtle"
        leftSection={<IconArrowBackUp size={16} />}
        loading={apart.isPending}
        onClick={() => apart.mutate(merge.id)}
      >
        {t("duplicates.takeApart")}
      </Button>
    </Group>
  );
}
