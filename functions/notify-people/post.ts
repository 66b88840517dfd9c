/** Slack and Teams answer in less than a second. Other channels do not wait for it. */
const GIVEN_UP_AFTER = 5_000;

/**
 * Posts JSON. A redirect is not followed: only the address that the owner has set may get a notice.
 *
 * @returns the status of the answer
 * @throws {Error} when there is none; its message has no address
 */
export async function postJson(address: string, content: object): Promise<number> {
  try {
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(content),
      redirect: 'manual',
      signal: AbortSignal.timeout(GIVEN_UP_AFTER),
    });
    await answer.body?.cancel();
    return answer.status;
  } catch (error) {
    throw new Error(`no answer (${reasonOf(error)})`);
  }
}

/** Node's messages contain the host's name: only their code is kept. */
function reasonOf(error: unknown): string {
  const { name, cause } = error as { readonly name?: string; readonly cause?: { readonly code?: unknown } };
  return typeof cause?.code === 'string' ? cause.code : (name ?? 'unknown');
}
