/**
 * Takes the place of `node:fs/promises`. The SDK uses only its `readFile`, to look for `~/.aws/config` and
 * `~/.aws/credentials` before its first request. Lambda has neither. On a laptop, which may have them, they must not
 * affect the functions.
 */
export async function readFile(path: string): Promise<never> {
  throw Object.assign(new Error(`The functions read no files: ${path}`), { code: 'ENOENT' });
}
