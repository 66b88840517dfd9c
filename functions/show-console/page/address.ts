/** Where the reader is: a view with its filter. Each has a URL, to be sent to a colleague. */
export interface Address {
  /** `needs-you`, `orders/ID` and so on. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

export const FIRST_VIEW = 'needs-you';

/** Reads the fragment of a URL: `#/waiting?for=telnyx`. Without a path it is the first view. */
export function addressIn(hash: string): Address {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  return { path: path.replace(/\/+$/, '') || FIRST_VIEW, query: Object.fromEntries(new URLSearchParams(query)) };
}

/** The fragment of an address. What the query leaves empty is left out. */
export function hrefTo(path: string, query: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return `#/${path}${given.length > 0 ? `?${new URLSearchParams(given)}` : ''}`;
}
