import type { ComponentChildren } from 'preact';
import type { Live } from './live.ts';

/** What is shown while there are no data, and above them when a refresh failed. */
export function StateOf({ live }: { readonly live: Live<unknown> }) {
  const { data, error, isSlow, reload } = live;
  if (error !== undefined) {
    return (
      <p class="notice" role="alert">
        {data === undefined ? '' : 'This list could not be refreshed. '}
        {error.message}{' '}
        <button type="button" class="link" onClick={reload}>
          Try again
        </button>
      </p>
    );
  }
  if (data !== undefined) return null;
  return (
    <p class="quiet" role="status">
      {isSlow ? 'The ledger is slow to answer. Still waiting…' : 'Loading…'}
    </p>
  );
}

/** What is said where a list is empty. */
export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}
