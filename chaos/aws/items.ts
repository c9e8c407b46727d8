import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Attributes } from './expression.ts';

/**
 * A deep copy as it would be stored: without what is undefined. It is frozen, so that everybody who reads it may have the
 * same; bytes are shared, because nobody writes into them.
 */
export function pack(item: object): Attributes {
  const stored: Attributes = {};
  for (const [name, value] of Object.entries(item)) if (value !== undefined) stored[name] = packValue(value);
  return Object.freeze(stored);
}

function packValue(value: unknown): unknown {
  // What is frozen was packed before: an update leaves most of an item as it was.
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || Object.isFrozen(value))
    return value;
  return Array.isArray(value) ? Object.freeze(value.map(packValue)) : pack(value);
}

/** Plain values of attributes in the service's own notation; numbers and strings are all that our functions send so. */
export function plain(attributes: Record<string, AttributeValue>): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => {
      if (value.N !== undefined) return [name, Number(value.N)];
      if (value.S !== undefined) return [name, value.S];
      throw new Error(`the simulated table reads no ${Object.keys(value)} in ${name}`);
    }),
  );
}

/** The service's own notation of an item. Bytes are base64 in it, as the records of a stream have them. */
export function noted(item: object): Record<string, Noted> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, notedValue(value)]));
}

/** A value with its type, as JSON. */
export type Noted = { [type: string]: string | boolean | string[] | Noted[] | Record<string, Noted> };

function notedValue(value: unknown): Noted {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null || value === undefined) return { NULL: true };
  if (value instanceof Uint8Array) return { B: Buffer.from(value).toString('base64') };
  if (value instanceof Set) return { SS: [...value].map(String) };
  return Array.isArray(value) ? { L: value.map(notedValue) } : { M: noted(value) };
}
