import { uuidOf } from '../../../functions/porting/patterns.ts';
import type { ApiError } from './answers.ts';
import { toMicroseconds } from './timestamp.ts';

const reasons = {
  '10026': 'Invalid parameter type',
  '10031': 'Invalid filter',
  '10032': 'Invalid enumerated value',
  '10033': 'Value outside of range',
} as const;

/**
 * Reads the parameters of a query one by one, as the OpenAPI document describes them, and ignores all others. The first
 * wrong one is kept as a 422 that names it, and an absent one gets its default.
 */
export const readQuery = (query: Readonly<Record<string, string>>) => {
  let error: ApiError | undefined;
  const refuse = (parameter: string, code: keyof typeof reasons, detail: string): void => {
    error ??= { status: 422, code, title: reasons[code], detail, parameter };
  };

  const integer = (parameter: string, standard: number, most: number): number => {
    const text = query[parameter];
    if (text === undefined) return standard;
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isNaN(value)) refuse(parameter, '10026', 'The value must be an integer.');
    else if (value < 1 || value > most) refuse(parameter, '10033', `The value must be from 1 to ${most}.`);
    return value;
  };

  return {
    /** The first refusal, once everything has been read. */
    error: () => error,
    page: () => ({
      pageNumber: integer('page[number]', 1, Number.MAX_SAFE_INTEGER),
      pageSize: integer('page[size]', 20, 250),
    }),
    /** Microseconds since 1970. */
    instant(parameter: string, standard: number): number {
      const text = query[parameter];
      if (text === undefined) return standard;
      const value = toMicroseconds(text);
      if (value === undefined) refuse(parameter, '10031', 'The value must be an ISO 8601 date-time.');
      return value ?? standard;
    },
    oneOf(parameter: string, allowed: readonly string[]): string | undefined {
      const text = query[parameter];
      if (text !== undefined && !allowed.includes(text)) {
        refuse(parameter, '10032', `The value must be one of ${allowed.join(', ')}.`);
      }
      return text;
    },
    uuid(parameter: string): string | undefined {
      const text = query[parameter];
      if (text === undefined) return undefined;
      const id = uuidOf(text);
      if (id === undefined) refuse(parameter, '10031', 'The value must be a UUID.');
      return id;
    },
  };
};
