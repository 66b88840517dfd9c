import middy from '@middy/core';
import { afterEach, expect, test, vi } from 'vitest';
import { answerProblems } from '../../functions/http/answer-problems.ts';
import { answerOf, forbidden, invalid, json, notFound, Problem, unavailable } from '../../functions/http/problem.ts';
import { captureLog } from '../handlers.ts';
import { lambdaContext } from '../http-event.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

test('a problem has the format of Telnyx, with its source if it has one', () => {
  const answer = answerOf(invalid('10033', 'Value out of range', 'Too large.', { parameter: 'page[size]' }));
  expect(answer.statusCode).toBe(422);
  expect(JSON.parse(answer.body ?? '')).toStrictEqual({
    errors: [{ code: '10033', title: 'Value out of range', detail: 'Too large.', source: { parameter: 'page[size]' } }],
  });
  expect(JSON.parse(answerOf(notFound('None.')).body ?? '')).toStrictEqual({
    errors: [{ code: '10005', title: 'Resource not found', detail: 'None.' }],
  });
});

test('every answer is JSON that no cache may store', () => {
  for (const { headers } of [json(200, {}), answerOf(forbidden('No.')), answerOf(unavailable('Later.'))]) {
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
  }
});

test('a problem can add headers', () => {
  const problem = new Problem(429, '10011', 'Too many requests', 'Wait.', { headers: { 'retry-after': '7' } });
  expect(answerOf(problem).headers).toMatchObject({ 'retry-after': '7', 'content-type': 'application/json' });
});

async function thrown(error: unknown) {
  const log = captureLog();
  const failing = async () => {
    throw error;
  };
  const { statusCode, body } = await middy(failing).use(answerProblems())({}, lambdaContext());
  return { status: statusCode, body: body ?? '', log };
}

test('an unforeseen error: a 500 that reveals nothing; the log names the error', async () => {
  for (const error of [new TypeError('Cannot read properties of undefined'), 'a text', null]) {
    const { status, body, log } = await thrown(error);
    expect(status).toBe(500);
    expect(JSON.parse(body).errors[0].code).toBe('10007');
    expect(body).not.toContain('undefined');
    expect(log.lines()).toMatchObject([{ level: 'error', event: 'unexpected_error' }]);
  }
});

test("the caller's mistake is not logged as an error; a fault of the ledger is, with its cause", async () => {
  expect((await thrown(notFound('None.'))).log.text()).toBe('');
  const { log } = await thrown(unavailable('Later.', new Error('the engine is away')));
  expect(log.lines()).toMatchObject([
    { level: 'error', status: 503, detail: 'Later.', cause: 'Error: the engine is away' },
  ]);
});
