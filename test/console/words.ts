/** What the console calls things. The tests find everything by these words and by its role, as its users do. */
export const VIEWS = ['Needs you', 'This week', 'Waiting for others', 'Done', 'All', 'Deliveries', 'Health'] as const;
export type View = (typeof VIEWS)[number];
/** Those that are lists of orders. */
export const LISTS = ['Needs you', 'This week', 'Waiting for others', 'Done', 'All'] as const satisfies readonly View[];

/** For engineers only: none of these words is in a view for porting managers. */
export const ENGINEERS_WORDS = /\b(cursor|gap|fold|republish|outbox|webhook delivery)\b/i;
