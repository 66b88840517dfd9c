/**
 * How many requests a second each kind of work may make to Telnyx. The account's limit is unknown; 5 a second is the
 * only one ever measured, on a neighbouring family (docs/telnyx.md §7). These shares are fixed, so none of them can use
 * up what another needs, and together they leave one for other clients of the account. `jobs` includes healing; `single`
 * is whatever an API request asks of Telnyx while its caller waits.
 */
export const REQUESTS_A_SECOND = { sync: 2, jobs: 1, single: 1 } as const;
