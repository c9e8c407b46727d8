import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderPk } from '../../functions/storage/keys.ts';
import { onlyKey, readOrderName } from '../../ops/order-name.ts';

const stores = [
  { platform: 'nuvemshop', storeId: '1' },
  { platform: 'pedidosya', storeId: 'chain' },
] as const;

const orderKeyOf = (text: string, known: typeof stores) => onlyKey(readOrderName(text, known));

describe('the name of an order', () => {
  it('is read back from its own key and from platform and id, whatever the id', () => {
    fc.assert(
      fc.property(fc.constantFrom(...stores), fc.string({ minLength: 1 }), (store, platformOrderId) => {
        const key = { ...store, platformOrderId };
        expect(orderKeyOf(orderPk(key), stores)).toEqual(key);
        // Behind a store's own id, what follows is an order of that store.
        fc.pre(!platformOrderId.startsWith(`${store.storeId}:`));
        expect(orderKeyOf(`${store.platform}:${platformOrderId}`, stores)).toEqual(key);
      }),
    );
  });

  it.each(['4711', 'amazon:1', 'imotriz:1', 'nuvemshop:', 'nuvemshop#1', ''])(
    '"%s" is refused with an example',
    (text) => {
      expect(() => orderKeyOf(text, stores)).toThrow(/nuvemshop[:#]/);
    },
  );
});
