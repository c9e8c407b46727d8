import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderSchema } from '../../functions/domain/order.ts';
import { parseJson } from '../../functions/http/answer.ts';
import { normaliseNuvemshopOrder } from '../../functions/platforms/nuvemshop/normalise.ts';
import { nuvemshopOrders } from './generate-nuvemshop.ts';

/** `GENERATED_PAYLOADS` sets how many; the nightly run tries ten thousand. */
const COUNT = Number(process.env.GENERATED_PAYLOADS ?? 300);
const SEED = 20_261_127;
/** Ten thousand take minutes on a busy machine (ms). */
const TIMEOUT = 15 * 60_000;

const read = (json: unknown) =>
  normaliseNuvemshopOrder(parseJson(JSON.stringify(json)), { storeId: '5665778' });

describe('an order in any of the forms that the platform has', () => {
  it(
    'is read, and the row says all that it says',
    () => {
      fc.assert(
        fc.property(nuvemshopOrders, ({ json, says }) => {
          const result = read(json);

          if (!result.ok) throw new Error(result.problem);
          const text = JSON.stringify(result.order);
          expect(says.filter((word) => !text.includes(word))).toEqual([]);
          expect(result.order.totals.total).toBeDefined();
          expect(orderSchema().parse(result.order)).toEqual(result.order);
        }),
        { numRuns: COUNT, seed: SEED },
      );
    },
    TIMEOUT,
  );

  it(
    'is read the same whichever type its id has, and twice the same',
    () => {
      fc.assert(
        fc.property(nuvemshopOrders, ({ json }) => {
          expect(read({ ...json, id: `00${String(json.id)}` })).toEqual(
            read({ ...json, id: String(json.id) }),
          );
        }),
        { numRuns: Math.ceil(COUNT / 10), seed: SEED },
      );
    },
    TIMEOUT,
  );

  it(
    'of which one field is anything else is read, or refused with a reason that names the field',
    () => {
      const anything = fc.oneof(
        fc.jsonValue({ maxDepth: 2 }),
        fc.constantFrom([], {}, '', null, -1, 1e300, '\ud83d'),
      );
      fc.assert(
        fc.property(nuvemshopOrders, fc.nat(), anything, ({ json }, at, value) => {
          const fields = Object.keys(json);
          const field = fields[at % fields.length]!;

          const result = read({ ...json, [field]: value });

          if (!result.ok) expect(result.problem).toMatch(/\w/);
          else expect(orderSchema().parse(result.order)).toEqual(result.order);
        }),
        { numRuns: COUNT, seed: SEED },
      );
    },
    TIMEOUT,
  );
});
