import * as z from 'zod';
import { orderSchema } from '../functions/domain/order.ts';

/** The JSON Schema of a normalised order, as `docs/order.schema.json` holds it. */
export function orderJsonSchema(): string {
  const schema = z.toJSONSchema(orderSchema, { target: 'draft-2020-12', io: 'output' });
  return `${JSON.stringify({ title: 'Acopio order', ...schema }, null, 2)}\n`;
}
