import { attributeOf, type Row, type Value } from './values.ts';

/**
 * The names and values of an expression. Every name has an alias, because some are reserved words of DynamoDB. Every
 * value has its own placeholder, so a fragment carries its values wherever it is used.
 */
export interface Terms {
  readonly name: (attribute: string) => string;
  readonly value: (value: Value) => string;
}

/** A condition, or a part of one. */
export type Condition = (terms: Terms) => string;

/** The expression to which an attribute is set, where a plain value is not enough. */
export type Assignment = (terms: Terms, attribute: string) => string;

/** What a write does to a row; `set` skips undefined values. */
export interface Change {
  readonly set?: Readonly<Record<string, Value | Assignment | undefined>>;
  readonly add?: Readonly<Record<string, Value>>;
  readonly remove?: readonly string[];
}

export const exists =
  (attribute: string): Condition =>
  ({ name }) =>
    `attribute_exists(${name(attribute)})`;

export const lacks =
  (attribute: string): Condition =>
  ({ name }) =>
    `attribute_not_exists(${name(attribute)})`;

const compares =
  (operator: '=' | '<' | '<=' | '>') =>
  (attribute: string, value: Value): Condition =>
  (terms) =>
    `${terms.name(attribute)} ${operator} ${terms.value(value)}`;

export const is = compares('=');
export const isBelow = compares('<');
export const isAtMost = compares('<=');
export const isAbove = compares('>');

export const isOneOf =
  (attribute: string, values: readonly Value[]): Condition =>
  (terms) =>
    `${terms.name(attribute)} IN (${values.map(terms.value).join(', ')})`;

/** Two attributes of the row are equal. */
export const areEqual =
  (one: string, other: string): Condition =>
  ({ name }) =>
    `${name(one)} = ${name(other)}`;

/** All conditions hold; undefined ones are left out. */
export const all =
  (...conditions: readonly (Condition | undefined)[]): Condition =>
  (terms) =>
    conditions
      .filter((condition) => condition !== undefined)
      .map((condition) => condition(terms))
      .join(' AND ');

/** One of two or more conditions holds. */
export const any =
  (...conditions: readonly Condition[]): Condition =>
  (terms) =>
    `(${conditions.map((condition) => condition(terms)).join(' OR ')})`;

/** The value, unless the row already has the attribute. */
export const once =
  (value: Value): Assignment =>
  (terms, attribute) =>
    `if_not_exists(${terms.name(attribute)}, ${terms.value(value)})`;

/** One more than a number in the row; a missing number counts as 0. */
export const oneMoreThan =
  (attribute: string): Assignment =>
  (terms) =>
    `if_not_exists(${terms.name(attribute)}, ${terms.value(0)}) + ${terms.value(1)}`;

/** Combines changes into one write. Where two set the same attribute, the later one applies. */
export function together(...changes: readonly Change[]): Change {
  return {
    set: Object.assign({}, ...changes.map(({ set }) => set)),
    add: Object.assign({}, ...changes.map(({ add }) => add)),
    remove: changes.flatMap(({ remove = [] }) => remove),
  };
}

/** Writes expressions, and collects the names and values that they use. */
export function expressions() {
  const names: Record<string, string> = {};
  const values: Row = {};
  const places = new Map<string, string>();
  const terms: Terms = {
    name(attribute) {
      names[`#${attribute}`] = attribute;
      return `#${attribute}`;
    },
    value(value) {
      const attribute = attributeOf(value);
      // Equal texts and numbers share a placeholder. Bytes and sets are never compared, so each has its own.
      const key = attribute.S === undefined && attribute.N === undefined ? undefined : `${attribute.S}#${attribute.N}`;
      const known = key === undefined ? undefined : places.get(key);
      const place = known ?? `:${Object.keys(values).length}`;
      values[place] = attribute;
      if (key !== undefined) places.set(key, place);
      return place;
    },
  };
  return {
    terms,
    /** What a request needs in addition to its expressions. */
    used: () => ({
      ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
      ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
    }),
  };
}

/** A change as an UpdateExpression. */
export function updateExpression({ set = {}, add = {}, remove = [] }: Change, terms: Terms): string {
  const sets = Object.entries(set).flatMap(([attribute, value]) => {
    if (value === undefined) return [];
    const assigned = typeof value === 'function' ? value(terms, attribute) : terms.value(value);
    return `${terms.name(attribute)} = ${assigned}`;
  });
  const adds = Object.entries(add).map(([attribute, value]) => `${terms.name(attribute)} ${terms.value(value)}`);
  const removes = remove.map(terms.name);
  return [clause('SET', sets), clause('ADD', adds), clause('REMOVE', removes)].filter(Boolean).join(' ');
}

function clause(verb: string, parts: readonly string[]): string {
  return parts.length > 0 ? `${verb} ${parts.join(', ')}` : '';
}
