import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { invalid } from './problem.ts';
import type { Tokens } from './tokens.ts';

const MAC_BYTES = 16;

/**
 * Cursors: where the next page begins, sealed so that callers cannot make their own. The key is derived from the valid
 * tokens, so there is no further secret to keep. When the tokens change, readers begin again.
 */
export interface Cursors {
  /**
   * Seals a position.
   *
   * @param scope the list that the position is in, with filter and order
   */
  readonly seal: (scope: unknown, position: readonly string[]) => string;
  /**
   * Opens a cursor.
   *
   * @throws a 422 that says to begin again, when the cursor is not ours, was changed, or belongs to another list
   */
  readonly open: (scope: unknown, cursor: string) => readonly string[];
}

/** The cursors for these tokens. */
export function cursorsOf(tokens: Tokens): Cursors {
  const secret = Buffer.concat(tokens.map(({ digest }) => digest).sort(Buffer.compare));
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'port-in-ledger cursor', 32));
  const macOf = (scope: unknown, position: string): Buffer =>
    createHmac('sha256', key)
      .update(`${JSON.stringify(scope)}\n${position}`)
      .digest()
      .subarray(0, MAC_BYTES);

  return {
    seal(scope, position) {
      const text = JSON.stringify(position);
      return Buffer.concat([macOf(scope, text), Buffer.from(text)]).toString('base64url');
    },
    open(scope, cursor) {
      const bytes = Buffer.from(cursor, 'base64url');
      const text = bytes.subarray(MAC_BYTES).toString();
      const mac = bytes.subarray(0, MAC_BYTES);
      // Another text that decodes to the same bytes is refused: a position has one spelling.
      const isOurs =
        mac.length === MAC_BYTES && bytes.toString('base64url') === cursor && timingSafeEqual(mac, macOf(scope, text));
      if (isOurs) return JSON.parse(text);
      const detail = '"page[after]" is not a cursor of this list with this filter. Begin again without page[after].';
      throw invalid('10031', 'Invalid filter', detail, { parameter: 'page[after]' });
    },
  };
}
