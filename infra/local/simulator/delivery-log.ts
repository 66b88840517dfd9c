import { type Answer, errorAnswer, jsonAnswer, notFound, pageAnswer } from './answers.ts';
import { readQuery } from './query-reader.ts';
import { toMicroseconds } from './timestamp.ts';

/** One attempt, as Telnyx's log of webhook deliveries shows it. Source: the OpenAPI document's `attempt` and `http`. */
export interface DeliveryAttempt {
  readonly status: 'delivered' | 'failed';
  readonly started_at: string;
  readonly finished_at: string;
  /** Codes from 75000 on. */
  readonly errors?: number[];
  readonly http: {
    readonly request: { readonly url: string; readonly headers: string[][] };
    /** Absent without an answer. */
    readonly response?: { readonly status: number; readonly headers: string[][] };
  };
}

/** A webhook and all attempts at it, the latest first. Source: the OpenAPI document's `webhook_delivery`. */
export interface DeliveryRecord {
  readonly id: string;
  readonly record_type: 'webhook_delivery';
  readonly user_id: string;
  /** `failed` when every attempt failed. */
  readonly status: 'delivered' | 'failed';
  readonly started_at: string;
  readonly finished_at: string;
  readonly attempts: DeliveryAttempt[];
  readonly webhook: {
    readonly id: string;
    readonly event_type: string;
    readonly occurred_at: string;
    readonly payload: { [field: string]: unknown };
    readonly record_type: 'event';
  };
}

type Query = Readonly<Record<string, string>>;

/** Answers `GET /v2/webhook_deliveries`, the latest first, with every documented filter. */
export const listDeliveries = (records: readonly DeliveryRecord[], query: Query): Answer => {
  const read = readQuery(query);
  const { pageNumber, pageSize } = read.page();
  const status = read.oneOf('filter[status][eq]', ['delivered', 'failed']);
  const types = query['filter[event_type]']?.split(',').map((type) => type.trim());
  const within = (field: 'started_at' | 'finished_at') => {
    const from = read.instant(`filter[${field}][gte]`, Number.NEGATIVE_INFINITY);
    const to = read.instant(`filter[${field}][lte]`, Number.POSITIVE_INFINITY);
    return (record: DeliveryRecord): boolean => {
      const at = toMicroseconds(record[field]) ?? 0;
      return at >= from && at <= to;
    };
  };
  const containing = (field: 'webhook' | 'attempts') => {
    const wanted = query[`filter[${field}][contains]`] ?? '';
    return (record: DeliveryRecord): boolean => wanted === '' || JSON.stringify(record[field]).includes(wanted);
  };
  const wishes = [within('started_at'), within('finished_at'), containing('webhook'), containing('attempts')];
  const error = read.error();
  if (error) return errorAnswer(error);

  const matching = records
    .filter((record) => status === undefined || record.status === status)
    .filter((record) => types === undefined || types.includes(record.webhook.event_type))
    .filter((record) => wishes.every((wish) => wish(record)))
    .toSorted((a, b) => (a.started_at < b.started_at ? 1 : -1));
  return pageAnswer({ pageNumber, pageSize }, matching, (record) => record);
};

/** Answers `GET /v2/webhook_deliveries/{id}`. */
export const showDelivery = (records: readonly DeliveryRecord[], id: string): Answer => {
  const data = records.find((record) => record.id === id.toLowerCase());
  return data ? jsonAnswer(200, JSON.stringify({ data })) : errorAnswer(notFound);
};
