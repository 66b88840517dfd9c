/** What the server sends: status, headers and body, which may be empty. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An error in Telnyx's words. `parameter` names the query parameter that is wrong, `pointer` the body's member. */
export interface ApiError {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly parameter?: string;
  readonly pointer?: string;
}

/** An answer whose body is JSON text. */
export const jsonAnswer = (status: number, body: string): Answer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body,
});

/** A page of a list: its number, from 1, and the most items on it. */
export interface ListPage {
  readonly pageNumber: number;
  readonly pageSize: number;
}

/** The totals of a list, as Telnyx puts them beside a page. */
export const metaOf = ({ pageNumber, pageSize }: ListPage, total: number) => ({
  page_number: pageNumber,
  page_size: pageSize,
  total_pages: Math.ceil(total / pageSize),
  total_results: total,
});

/** An answer with a page of these items. */
export const pageAnswer = <Item>(page: ListPage, items: readonly Item[], show: (item: Item) => unknown): Answer => {
  const { pageNumber, pageSize } = page;
  const data = items.slice((pageNumber - 1) * pageSize, pageNumber * pageSize).map(show);
  return jsonAnswer(200, JSON.stringify({ data, meta: metaOf(page, items.length) }));
};

/** An answer in Telnyx's error format: `{errors: [{code, title, detail, meta, source}]}`. */
export const errorAnswer = ({ status, code, title, detail, parameter, pointer }: ApiError): Answer => {
  const meta = { url: `https://developers.telnyx.com/docs/overview/errors/${code}` };
  const source = parameter === undefined && pointer === undefined ? undefined : { parameter, pointer };
  return jsonAnswer(status, JSON.stringify({ errors: [{ code, title, detail, meta, source }] }));
};

export const authenticationFailed: ApiError = {
  status: 401,
  code: '10009',
  title: 'Authentication failed',
  detail: 'Could not find any usable credentials in the request.',
};

export const notFound: ApiError = {
  status: 404,
  code: '10005',
  title: 'Resource not found',
  detail: 'The requested resource or URL could not be found.',
};

export const tooManyRequests: ApiError = {
  status: 429,
  code: '10011',
  title: 'Too many requests',
  detail: 'You have exceeded the maximum number of allowed requests.',
};
