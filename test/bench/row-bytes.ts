import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Row } from '../../functions/ledger/table/values.ts';

/** The size of a row as DynamoDB counts it: names too, and for a number a byte for each two digits, plus one. */
export function bytesOf(row: Row): number {
  return Object.entries(row).reduce((sum, [name, value]) => sum + name.length + bytesOfValue(value), 0);
}

function bytesOfValue({ S, N, B }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S);
  if (N !== undefined) return 1 + Math.ceil(N.length / 2);
  return B?.length ?? 1;
}
