import { describe, expect, it } from 'vitest';
import { type Order, orderSchema } from '../../functions/domain/order.ts';
import { parseJson } from '../../functions/http/answer.ts';
import { normaliseNuvemshopOrder } from '../../functions/platforms/nuvemshop/normalise.ts';
import { at, casesOf } from './cases.ts';

const read = (text: string): Order => {
  const result = normaliseNuvemshopOrder(parseJson(text), { storeId: '5665778' });
  if (!result.ok) throw new Error(result.problem);
  return result.order;
};

/** Every line of the order is in some parcel, and no parcel names another. */
function parcelsNameTheirLines({ lines = [], fulfilment }: Order): boolean {
  const named = fulfilment.parcels.flatMap((parcel) => parcel.lines?.map(({ lineId }) => lineId) ?? []);
  return JSON.stringify(named.sort()) === JSON.stringify(lines.map(({ lineId }) => lineId).sort());
}

describe('an order as others met it', () => {
  it.each(casesOf('nuvemshop').map((one) => [one.title, one] as const))(
    '%s',
    (_, { text, expect: wanted }) => {
      const { says = [], parcelsNameTheirLines: named = false, ...values } = wanted;

      const order = read(text);

      for (const [path, value] of Object.entries(values))
        expect([path, at(order, path)]).toEqual([path, value]);
      for (const word of says as string[]) expect(JSON.stringify(order)).toContain(word);
      if (named) expect(parcelsNameTheirLines(order)).toBe(true);
      expect(orderSchema().parse(order)).toEqual(order);
    },
  );
});
