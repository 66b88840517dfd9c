/**
 * Reads the Telnyx API key, from a variable or from its secret.
 *
 * @throws {Error} with a message that continues after the name of either, says what to do, and never contains the key
 */
export function readApiKey(text: string): string {
  if (text === '') throw new Error('is empty: put the Telnyx API key into it (docs/deploy.md: run setup)');
  const fault = faultOf(text);
  if (fault === undefined) return text;
  throw new Error(`${fault}: it must be the Telnyx API key as plain text, without quotes or line breaks`);
}

function faultOf(text: string): string | undefined {
  if (/^["'`‘“]|["'`’”]$/.test(text)) return 'is in quotes';
  if (text.startsWith('{')) return 'is JSON';
  if (/[^\x21-\x7e]/.test(text)) return 'holds a space, a line break or a special character';
  return undefined;
}
