import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cachedSecret } from '../../functions/lambda/secret.ts';
import { passDeadlines, passDeadlinesSoon } from '../own-time.ts';
import { type SecretsManager, startSecretsManager } from '../secrets-manager.ts';

const MINUTE = 60_000;

let manager: SecretsManager;
let client: SecretsManagerClient;
let time = 0;

beforeEach(async () => {
  time = 1_000_000_000_000;
  manager = await startSecretsManager({ tokens: 'first' });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new SecretsManagerClient({ endpoint: manager.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
});

afterEach(async () => {
  client.destroy();
  await manager.close();
});

/** A secret that is valid unless it contains the word "mangled". */
function secret() {
  const read = (text: string) => {
    if (text.includes('mangled')) throw new Error('must not be mangled');
    return { text };
  };
  return cachedSecret(client, 'tokens', read, () => time);
}

describe('while Secrets Manager answers', () => {
  test('it is asked once in 5 minutes, even for concurrent callers', async () => {
    const get = secret();
    const values = await Promise.all(Array.from({ length: 20 }, () => get()));
    expect(new Set(values).size).toBe(1);
    time += 5 * MINUTE - 1;
    expect(await get()).toEqual({ text: 'first' });
    expect(manager.requests).toBe(1);
  });

  test('a new value is in use after 5 minutes', async () => {
    const get = secret();
    await get();
    manager.values.set('tokens', 'second');
    time += 5 * MINUTE - 1;
    expect(await get()).toEqual({ text: 'first' });
    time += 1;
    expect(await get()).toEqual({ text: 'second' });
    expect(manager.requests).toBe(2);
  });

  test('it is not asked before the first use', async () => {
    secret();
    expect(manager.requests).toBe(0);
  });
});

describe('a value that its user reports as refused', () => {
  test('is fetched again by the next call, once 30 s have passed since the last fetch', async () => {
    const get = secret();
    await get();
    manager.values.set('tokens', 'second');
    time += 29_999;
    get.wasRefused();
    expect(await get()).toEqual({ text: 'first' });
    time += 1;
    expect(await get()).toEqual({ text: 'second' });
    expect(manager.requests).toBe(2);
  });

  test('is fetched once in 30 s, however often it is refused and whatever Secrets Manager answers', async () => {
    const get = secret();
    await get();
    for (let second = 0; second < 300; second += 5) {
      if (second === 100) manager.state = 'refuses';
      time += 5_000;
      get.wasRefused();
      expect(await get()).toEqual({ text: 'first' });
    }
    expect(manager.requests).toBe(1 + 300 / 30);
  });

  test('is served for the usual 5 minutes after that', async () => {
    const get = secret();
    await get();
    time += MINUTE;
    get.wasRefused();
    await get();
    time += 5 * MINUTE - 1;
    await get();
    expect(manager.requests).toBe(2);
  });
});

describe('Secrets Manager fails, and no value is held', () => {
  test('the secret is unavailable, and fetched again at most every 30 s', async () => {
    manager.state = 'refuses';
    const get = secret();
    for (let call = 0; call < 5; call += 1) {
      await expect(get()).rejects.toMatchObject({
        name: 'SecretUnavailable',
        message: expect.stringContaining('tokens'),
      });
    }
    expect(manager.requests).toBe(1);
    time += 29_999;
    await expect(get()).rejects.toMatchObject({ name: 'SecretUnavailable' });
    expect(manager.requests).toBe(1);
    time += 1;
    await expect(get()).rejects.toMatchObject({ name: 'SecretUnavailable' });
    expect(manager.requests).toBe(2);
  });

  test('the secret is available again at most 30 s after Secrets Manager', async () => {
    manager.state = 'refuses';
    const get = secret();
    await expect(get()).rejects.toThrow();
    manager.state = 'up';
    time += 30_000;
    expect(await get()).toEqual({ text: 'first' });
  });

  test('a request that hangs is given up after 3 s, for all waiting callers', async () => {
    manager.state = 'hangs';
    manager.onHang = () => {
      passDeadlines(2_999);
      passDeadlinesSoon(3_000);
    };
    const get = secret();
    const outcomes = await Promise.allSettled([get(), get(), get()]);
    expect(outcomes.map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
    expect(manager.requests).toBe(1);
  });

  test('a secret without a value yet: the error says so', async () => {
    manager.values.delete('tokens');
    await expect(secret()()).rejects.toThrow(/^The secret tokens cannot be read: nothing has been put into it yet/);
  });

  test('an unreadable value counts as a failure and is not quoted', async () => {
    manager.values.set('tokens', 'mangled SECRET');
    const failed = expect(secret()()).rejects;
    await failed.toThrow('The secret tokens cannot be read: it must not be mangled');
  });
});

describe('Secrets Manager fails, and a value is held', () => {
  test('it is served until Secrets Manager recovers, and fetched again at most every 30 s', async () => {
    const get = secret();
    await get();
    manager.state = 'refuses';
    time += 5 * MINUTE;
    for (let second = 0; second < 3_600; second += 10) {
      expect(await get()).toEqual({ text: 'first' });
      time += 10_000;
    }
    expect(manager.requests).toBe(1 + 3_600 / 30);
    manager.state = 'up';
    manager.values.set('tokens', 'second');
    time += 30_000;
    expect(await get()).toEqual({ text: 'second' });
  });

  test('an unreadable value does not replace a good one', async () => {
    const get = secret();
    await get();
    manager.values.set('tokens', 'mangled');
    time += 5 * MINUTE;
    expect(await get()).toEqual({ text: 'first' });
  });
});
