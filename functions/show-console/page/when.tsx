import { dayWords, instantWords, inUtc, ZONE } from './instants.ts';

/** An instant in the reader's own time, with UTC on hover. */
export function When({ at, day = false }: { readonly at: string | null | undefined; readonly day?: boolean }) {
  if (!at) return null;
  const now = Date.now();
  return (
    <time dateTime={at} title={inUtc(at)}>
      {day ? dayWords(at, now, ZONE) : instantWords(at, now, ZONE)}
    </time>
  );
}
