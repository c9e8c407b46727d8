import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOfPk, orderPk } from '../../functions/storage/keys.ts';

describe('the partition of an order', () => {
  it('is read back to the same key, whatever the id', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (platformOrderId) => {
        const key = { platform: 'shop', storeId: 's-1', platformOrderId };
        expect(keyOfPk(orderPk(key))).toEqual(key);
      }),
    );
  });

  it.each(['', 'shop', 'shop#s', 'shop#s#order', 'shop#s#order#', 'shop#s#product#1', '#s#order#1'])(
    '"%s" is refused',
    (pk) => {
      expect(() => keyOfPk(pk)).toThrow('is not the key of an order');
    },
  );
});
