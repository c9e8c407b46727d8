import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itemBytes, surelyFits, unstorableNumber } from '../../functions/storage/dynamodb.ts';
import { itemSize } from '../../local/cloud/dynamodb/item-size.ts';
import type { Json, JsonObject } from '../../local/cloud/json.ts';

/** An item as it travels. */
const wireOf = (plain: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(plain).map(([key, one]) => [key, attribute(one)]));

function attribute(one: Json | undefined): JsonObject {
  if (one === null || one === undefined) return { NULL: true };
  if (typeof one === 'string') return { S: one };
  if (typeof one === 'number') return { N: String(one) };
  if (typeof one === 'boolean') return { BOOL: one };
  return Array.isArray(one) ? { L: one.map(attribute) } : { M: wireOf(one) };
}

const name = fc.string({ minLength: 1 }).filter((text) => !(text in {}));
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary' }),
    fc.maxSafeInteger(),
    fc.double({ min: -1e9, max: 1e9, noNaN: true }).filter((one) => one === 0 || Math.abs(one) > 1e-100),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value')),
    fc.dictionary(name, tie('value')),
  ),
})).value;
const item = fc.dictionary(name, value);

const numbersIn = (json: unknown): number =>
  typeof json === 'number'
    ? 1
    : typeof json === 'object' && json !== null
      ? Object.values(json).reduce<number>((sum, one) => sum + numbersIn(one), 0)
      : 0;

describe('the size of an item', () => {
  it('is what the service counts: never less, and more by at most a byte for each number', () => {
    fc.assert(
      fc.property(item, (plain) => {
        const counted = itemSize(wireOf(plain as JsonObject));

        expect(itemBytes(plain)).toBeGreaterThanOrEqual(counted);
        expect(itemBytes(plain)).toBeLessThanOrEqual(counted + numbersIn(plain));
      }),
    );
  });

  it('is never more than three bytes for each character of its JSON, so that small items need no counting', () => {
    fc.assert(
      fc.property(item, (plain) => {
        expect(itemBytes(plain)).toBeLessThanOrEqual(3 * JSON.stringify(plain).length);
      }),
    );
    expect(surelyFits({ text: 'ñ'.repeat(130_000) })).toBe(true);
    expect(surelyFits({ text: 'ñ'.repeat(140_000) })).toBe(false);
  });
});

describe('a number', () => {
  it.each([1e16, -1e16, 1e200, 1e-200, Number.NaN, Number.POSITIVE_INFINITY])(
    'that no table holds (%d) is found by its path',
    (quantity) => {
      expect(unstorableNumber({ order: { lines: [{ quantity: 1 }, { quantity }] } })).toBe(
        'order.lines.1.quantity',
      );
    },
  );

  it.each([0, 1, -0.5, 1e-100, Number.MAX_SAFE_INTEGER])(
    'that a table holds (%d) is none of those',
    (one) => {
      expect(unstorableNumber({ one })).toBeUndefined();
    },
  );
});
