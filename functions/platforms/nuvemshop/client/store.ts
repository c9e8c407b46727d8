import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import { idSchema } from '../order/schema.ts';
import type { Requests } from './requests.ts';

/** The store. `features` names what its plan has; older answers lack it (seen by integrators, not in the reference). */
export const store = lazily(() =>
  z.looseObject({
    id: idSchema(),
    country: z.string().nullish(),
    main_currency: z.string().nullish(),
    main_language: z.string().nullish(),
    plan_name: z.string().nullish(),
    features: z.array(z.string()).nullish(),
  }),
);
export type Store = z.output<ReturnType<typeof store>>;

/** The store itself (Nuvemshop reference, store page). */
export function createStore(requests: Requests) {
  return { get: () => requests.get(store(), 'store.get', '/store') };
}

/** Whether stock is kept by location; without the list of features nobody knows. */
export function hasInventoryLevels({ features }: Store): boolean | undefined {
  return features?.includes('inventory-levels');
}
