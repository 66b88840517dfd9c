/** The reader's token: for the tab, or on the device if they wish. It leaves the page only as a Bearer token. */

const NAME = 'port-in-ledger-token';
const stores = () => [sessionStorage, localStorage];
const listeners = new Set<() => void>();

/** Takes a token that the address brings, as `npm start` prints it, and removes it from there and from the history. */
export function takeTokenFromAddress(): void {
  const found = /^#token=([^&]+)(?:&(.*))?$/.exec(location.hash);
  if (!found) return;
  keepToken(decodeURIComponent(found[1] ?? ''), false);
  history.replaceState(null, '', `${location.pathname}#${found[2] ?? ''}`);
}

export function heldToken(): string | undefined {
  for (const store of stores()) {
    const token = store.getItem(NAME);
    if (token) return token;
  }
  return undefined;
}

/** @param remembered on this device, until the reader signs out */
export function keepToken(token: string, remembered: boolean): void {
  for (const store of stores()) store.removeItem(NAME);
  (remembered ? localStorage : sessionStorage).setItem(NAME, token);
  for (const listener of listeners) listener();
}

/** Signs out: the page forgets the token, here and on the device. */
export function forgetToken(): void {
  for (const store of stores()) store.removeItem(NAME);
  for (const listener of listeners) listener();
}

/** Calls a listener whenever the reader signs in or out. Returns how to stop. */
export function onToken(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
