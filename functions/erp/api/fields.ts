import * as z from 'zod';
import { MOST_CURSOR_LETTERS } from './cursor.ts';

/** Fields that several routes read. */

/** Words of a closed list, separated by commas. */
export const words = <const W extends readonly [string, ...string[]]>(list: W) =>
  z.preprocess(
    (text) => (typeof text === 'string' ? text.split(',') : text),
    z.array(z.enum(list)).min(1).max(list.length),
  );

/** How many at most. */
export const limit = (most: number, usual: number) => z.coerce.number().int().min(1).max(most).default(usual);

/** A time with its zone. */
export const time = () => z.iso.datetime({ offset: true });

export const cursor = () => z.string().min(1).max(MOST_CURSOR_LETTERS);

/** The name of an order: `<platform>:<store>:<id>`. */
export const itemName = () =>
  z
    .string()
    .max(400)
    .regex(/^[a-z][a-z0-9-]{1,30}:[^:]+:.+$/s, 'must look like platform:store:id');

/** The name of a thing that is mirrored: `<platform>:<store>:<kind>:<id>`. */
export const mirrorName = (kind: 'product' | 'customer' | 'location', pattern: string = kind) =>
  z
    .string()
    .max(500)
    .regex(
      new RegExp(`^[a-z][a-z0-9-]{1,30}:[^:]+:${pattern}:.+$`, 's'),
      `must look like platform:store:${kind}:id`,
    );

/** The name of a product, by the platform's id or by that of the merchant's own system. */
export const productNames = () => mirrorName('product', '(?:erp-)?product');

/** The name of a customer, by the platform's id or by that of the merchant's own system. */
export const customerNames = () => mirrorName('customer', '(?:erp-)?customer');

/** The name of a location, by the platform's id or by that of the merchant's own system. */
export const locationNames = () => mirrorName('location', '(?:erp-)?location');
