/**
 * What keeps a text from being an API key, if anything does: what it is, without quoting it.
 *
 * @param text without the white space around it
 */
export function apiKeyFault(text: string): string | undefined {
  if (text === '') return 'is empty';
  if (/^["'`‘“]|["'`’”]$/.test(text)) return 'is in quotes';
  if (text.startsWith('{')) return 'is JSON';
  if (/[^\x21-\x7e]/.test(text)) return 'holds a space, a line break or a special character';
  return undefined;
}
