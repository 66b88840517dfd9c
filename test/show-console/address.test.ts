import { expect, test } from 'vitest';
import { addressIn, hrefTo } from '../../functions/show-console/page/address.ts';

test.each([
  ['', 'needs-you', {}],
  ['#', 'needs-you', {}],
  ['#/', 'needs-you', {}],
  ['#/waiting?for=telnyx', 'waiting', { for: 'telnyx' }],
  ['#/orders/0b1c/', 'orders/0b1c', {}],
  ['#/all?q=a%26b+c', 'all', { q: 'a&b c' }],
])('"%s" is the view %s', (hash, path, query) => {
  expect(addressIn(hash)).toEqual({ path, query });
});

test('an address survives its URL, and an empty filter leaves no trace', () => {
  const href = hrefTo('all', { q: 'ünï & co?#=', status: undefined, for: '' });
  expect(addressIn(href)).toEqual({ path: 'all', query: { q: 'ünï & co?#=' } });
  expect(hrefTo('done', { status: '' })).toBe('#/done');
});
