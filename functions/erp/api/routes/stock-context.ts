import * as z from 'zod';
import type { ApiContext, StockContext } from '../context.ts';
import { Problem } from '../problem.ts';

/** A SKU as the merchant and the platforms write it. */
export const skuName = () =>
  z
    .string()
    .min(1)
    .max(128)
    .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'must hold no control characters');

/** @throws Problem `stock-off` */
export function stockOf({ stock }: Pick<ApiContext, 'stock'>): StockContext {
  if (stock !== undefined) return stock;
  throw new Problem('stock-off', {
    detail:
      'The configuration of the merchant has no "stock". Add it and deploy, then send the request again.',
  });
}
