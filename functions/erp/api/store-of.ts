import * as z from 'zod';
import type { StoreName } from '../../storage/keys.ts';
import { Problem } from './problem.ts';

/** The parameter that names it. */
export const storeField = () =>
  z
    .string()
    .max(200)
    .optional()
    .meta({ description: 'Which store of the platform; not needed where there is one.' });

/** The store of a platform that a request means. @param named its id; needed where the merchant has several there */
export function storeOf(
  stores: readonly StoreName[],
  platform: string,
  named: string | undefined,
): StoreName {
  const there = stores.filter((one) => one.platform === platform);
  const [found, ...others] = named === undefined ? there : there.filter(({ storeId }) => storeId === named);
  if (found !== undefined && others.length === 0) return found;
  throw new Problem('store-unknown', {
    detail:
      there.length === 0
        ? 'The merchant does not sell on this platform. GET /v1/health names those that there are.'
        : `Say which store with "store": the merchant has ${there.map(({ storeId }) => storeId).join(', ')} there.`,
  });
}
