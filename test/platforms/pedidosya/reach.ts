import type { PedidosyaClient } from '../../../functions/platforms/pedidosya/client.ts';
import type { Operation } from '../../../functions/platforms/pedidosya/endpoints.ts';
import { NOON } from '../virtual-time.ts';

/**
 * How each endpoint is reached, of those whose every fault means the same; the order and the job exist. Updating an order
 * reads back, and a token is asked for on the way to something else: theirs are in the fault matrix.
 */
export const REACH: Record<
  Exclude<Operation, 'oauth.token' | 'orders.update'>,
  (api: PedidosyaClient, known: { order: string; job: string }) => Promise<unknown>
> = {
  'orders.get': (api, { order }) => api.orders.get(order),
  'orders.list': (api) => api.orders.page({ vendor: 'nbet', from: NOON - 1000, to: NOON + 1000 }),
  'catalog.update': async (api) => {
    const changes = [
      { sku: 'UY-001', active: true },
      { sku: 'UY-002', active: true },
    ];
    const [outcome] = await api.catalogue.update('nbet', changes);
    if (outcome?.kind === 'failed') throw outcome.error;
  },
  'catalog.list': (api) => api.catalogue.list({ vendor: 'nbet' }).next(),
  'catalog.categories': (api) => api.catalogue.categories('nbet'),
  'catalog.job': (api, { job }) => api.jobs.get(job),
  'catalog.export': (api) => api.catalogue.requestExport('nbet'),
};
