import { readJson } from '../../../functions/porting/json.ts';
import { type Answer, errorAnswer, jsonAnswer, notFound, pageAnswer } from './answers.ts';
import { notificationBook } from './notification-book.ts';
import { readQuery } from './query-reader.ts';
import type { Refused } from './refused-body.ts';

type Query = Readonly<Record<string, string>>;

export interface NotificationsRequest {
  readonly method: string;
  /** Without `/v2`. */
  readonly path: string;
  readonly query: Query;
  /** The text of a POST. */
  readonly body: string;
}

export interface NotificationOptions {
  /** Milliseconds that a new setting takes to become `enabled`, and a deleted one to be gone; 2000 by default. */
  readonly settlesAfterMs?: number;
  /** The account's key may read notification settings and not change them, as of a member that is not the owner. */
  readonly isReadOnly?: boolean;
}

const forbidden = {
  status: 403,
  code: '10010',
  title: 'Authorization failed',
  detail: 'You do not have permission to perform the requested action on the specified resource or resources.',
};

const shown = (data: unknown, status = 200): Answer => jsonAnswer(status, JSON.stringify({ data }));

/** One of the five lists, and what can be done to it. */
interface Collection {
  readonly all: () => readonly { readonly id: string }[];
  readonly create?: (given: Record<string, unknown>) => object | Refused;
  readonly remove?: (id: string) => object | Refused;
}

/** The filters of the three lists that have any, by the member that they compare. */
const filters = {
  'filter[notification_profile_id][eq]': 'notification_profile_id',
  'filter[notification_channel][eq]': 'notification_channel_id',
  'filter[notification_event_condition_id][eq]': 'notification_event_condition_id',
  'filter[associated_record_type][eq]': 'associated_record_type',
  'filter[channel_type_id][eq]': 'channel_type_id',
  'filter[status][eq]': 'status',
} as const;

const list = (query: Query, items: readonly object[]): Answer => {
  const read = readQuery(query);
  const page = read.page();
  read.oneOf('filter[associated_record_type][eq]', ['account', 'phone_number']);
  read.oneOf('filter[channel_type_id][eq]', ['webhook', 'sms', 'email', 'voice']);
  const error = read.error();
  if (error) return errorAnswer(error);
  const wanted = Object.entries(filters).filter(([parameter]) => query[parameter] !== undefined);
  const matches = (item: object) =>
    wanted.every(([parameter, member]) => {
      const value = (item as Record<string, unknown>)[member];
      return value === undefined || value === query[parameter];
    });
  return pageAnswer(page, items.filter(matches), (item) => item);
};

/**
 * Answers the endpoints of notification settings as Telnyx's OpenAPI document describes them, but for PATCH, which
 * nothing here sends. Where the document is silent, this is as strict as Telnyx could be: nothing is deleted that
 * something else refers to, nothing is asked for twice, and every setting takes effect later.
 */
export const createNotifications = (
  seed: number,
  { settlesAfterMs = 2000, isReadOnly = false }: NotificationOptions,
  now: () => number,
): ((request: NotificationsRequest) => Answer | undefined) => {
  const book = notificationBook(seed, settlesAfterMs, now);

  const withBody = (body: string, write: (given: Record<string, unknown>) => Answer): Answer => {
    let given: unknown;
    try {
      given = readJson(body);
    } catch {}
    if (typeof given === 'object' && given !== null) return write(given as Record<string, unknown>);
    return errorAnswer({ status: 400, code: '10015', title: 'Bad Request', detail: 'The body must be a JSON object.' });
  };

  const collections: Readonly<Record<string, Collection>> = {
    notification_events: { all: () => book.events },
    notification_event_conditions: { all: () => book.conditions },
    notification_profiles: { all: book.profiles, create: book.addProfile, remove: book.removeProfile },
    notification_channels: { all: book.channels, create: book.addChannel, remove: book.removeChannel },
    notification_settings: { all: book.settings, create: book.addSetting, remove: book.removeSetting },
  };

  const answered = (made: object | Refused, status: number): Answer =>
    'error' in made ? errorAnswer(made.error) : shown(made, status);

  return ({ method, path, query, body }) => {
    const [, name = '', id] = /^\/(notification_\w+)(?:\/([^/]+))?$/.exec(path) ?? [];
    const collection = collections[name];
    if (!collection) return undefined;
    const { all, create, remove } = collection;
    // A setting that takes effect later is answered with 201.
    const written = name === 'notification_settings' ? 201 : 200;

    if (id === undefined) {
      if (method === 'GET') return list(query, all());
      if (method !== 'POST' || !create) return errorAnswer(notFound);
      return isReadOnly ? errorAnswer(forbidden) : withBody(body, (given) => answered(create(given), written));
    }
    const found = all().find((one) => one.id === id.toLowerCase());
    // What an account can be notified of is only listed.
    if (!found || !remove) return errorAnswer(notFound);
    if (method === 'GET') return shown(found);
    if (method !== 'DELETE') return errorAnswer(notFound);
    return isReadOnly ? errorAnswer(forbidden) : answered(remove(found.id), written);
  };
};
