/** How long something lasts, second by second. */
import { duration, useFormat, useNow } from "../parts/format";

export function Since({ at, stopped = false }: { at: string | null; stopped?: boolean }) {
  if (at === null || stopped) return null;
  return <Ticking at={at} />;
}

function Ticking({ at }: { at: string }) {
  const format = useFormat();
  const seconds = (useNow() - Date.parse(at)) / 1000;
  return (
    <time dateTime={at} title={format.full(at)}>
      {duration(seconds)}
    </time>
  );
}
