import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Attributes } from './expression.ts';

/** A deep copy of an item. Bytes are shared, because nobody writes into them. */
export function copy(item: Attributes): Attributes {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, copyValue(value)]));
}

/** A deep copy as it would be stored: without what is undefined. */
export function pack(item: Attributes): Attributes {
  const stored: Attributes = {};
  for (const [name, value] of Object.entries(item)) if (value !== undefined) stored[name] = copyValue(value);
  return stored;
}

function copyValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(copyValue);
  const copied: Attributes = {};
  for (const [name, inner] of Object.entries(value)) if (inner !== undefined) copied[name] = copyValue(inner);
  return copied;
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
