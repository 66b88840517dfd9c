/**
 * What the functions and both hosts are told, read by one reader each: what is refused at boot is refused before, with
 * the same words.
 */

/**
 * Reads the base URL of Telnyx's API. The API key goes there, so it is https; plain http stays on this machine.
 *
 * @returns without a slash at the end
 * @throws with words that follow the setting's name; they hold nothing of the text, which may hold a password
 */
export function readBaseUrl(text: string): string {
  const url = URL.parse(text.trim());
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url && isSafe && !url.username && !url.password && !/[?#]/.test(url.href)) return url.href.replace(/\/+$/, '');
  throw new Error(
    'is no address to which an API key can go: set it to one such as https://api.telnyx.com/v2, without a user name, ' +
      'a query or a fragment. http is for this machine only (localhost, 127.0.0.1, [::1])',
  );
}

/** URL has already written every spelling of an IPv4 address as four numbers. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
