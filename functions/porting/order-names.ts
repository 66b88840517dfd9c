/** A search by fewer characters finds only names that are equal. */
export const LEAST_PREFIX = 3;

interface Names {
  readonly customer_reference: string | null;
  readonly support_key: string | null;
}

/**
 * The names under which people look for an order, each {@link folded}: its customer reference and its support key, as
 * its events have them and as Telnyx's own order does. The two differ when one was changed without an event.
 */
export function namesOf({ details, ...order }: Names & { readonly details: Names | null }): readonly string[] {
  const given = [order, details].flatMap((one) => [one?.customer_reference, one?.support_key]);
  return [...new Set(given.map((name) => folded(name ?? '')))].filter((name) => name !== '');
}

/** True if a search for a folded text finds a folded name. */
export function finds(text: string, name: string): boolean {
  return name === text || (name.startsWith(text) && [...text].length >= LEAST_PREFIX);
}

/**
 * A text as it is compared: in one case, in one line and without blanks around it. Upper case first makes `ß` and `ss`
 * equal. Letters become lower case one by one, because the sigma at the end of a word has a form of its own, and then a
 * beginning would not be found. The Turkish dotless and dotted i become i.
 */
export function folded(text: string): string {
  const upper = text.toWellFormed().normalize('NFC').toUpperCase();
  const lower = Array.from(upper, (letter) => letter.toLowerCase()).join('');
  return lower
    .replaceAll(/i\u0307+/g, 'i')
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim();
}
