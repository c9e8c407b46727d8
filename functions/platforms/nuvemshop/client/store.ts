import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import { PlatformError } from '../../../http/errors.ts';
import { idSchema } from '../order/schema.ts';
import { failed, type Requests } from './requests.ts';

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

/**
 * The store, for whoever asks for a thing of it. A version of the API that is not there answers 404 in JSON on every path, the
 * store's own too (seen by integrators, not in the reference): then nobody knows which things exist.
 *
 * @throws PlatformError, never `not-found`
 */
export async function readStore(requests: Requests): Promise<Store> {
  try {
    return await createStore(requests).get();
  } catch (error) {
    if (error instanceof PlatformError && error.kind === 'not-found')
      throw failed({
        operation: 'store.get',
        kind: 'retry-later',
        status: 404,
        detail: 'The store is not found, so nothing of it counts as gone.',
        remedy: 'Check the version in baseUrl.',
      });
    throw error;
  }
}

/** Whether stock is kept by location; without the list of features nobody knows. */
export function hasInventoryLevels({ features }: Store): boolean | undefined {
  return features?.includes('inventory-levels');
}
