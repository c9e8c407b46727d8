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

/** The service's own notation of a flat item. */
export function noted(item: Attributes): Record<string, AttributeValue> {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [
      name,
      typeof value === 'number' ? { N: String(value) } : { S: String(value) },
    ]),
  );
}
