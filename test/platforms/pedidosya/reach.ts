import type { PedidosyaClient } from '../../../functions/platforms/pedidosya/client.ts';
import type { Operation } from '../../../functions/platforms/pedidosya/endpoints.ts';
import { NOON } from '../virtual-time.ts';
import { startPedidosya } from './harness.ts';

const CHANGES = [
  { sku: 'UY-001', active: true },
  { sku: 'UY-002', active: true },
];

/** What calls need to exist before them. */
interface Known {
  order: string;
  job: string;
}

/** How each endpoint is reached by a single call. Changing an order reads first, and a token is asked for on the way. */
export const REACH: Record<
  Exclude<Operation, 'oauth.token' | 'orders.update'>,
  (api: PedidosyaClient, known: Known) => Promise<unknown>
> = {
  'orders.get': (api, { order }) => api.orders.get(order),
  'orders.list': (api) => api.orders.page({ vendor: 'nbet', from: NOON - 1000, to: NOON + 1000 }),
  'catalogue.update': async (api) => {
    const [outcome] = await api.catalogue.update('nbet', CHANGES);
    if (outcome?.kind === 'failed') throw outcome.error;
  },
  'catalogue.list': (api) => api.catalogue.list({ vendor: 'nbet' }).next(),
  'catalogue.job': (api, { job }) => api.jobs.get(job),
  'catalogue.export': (api) => api.catalogue.requestExport('nbet'),
};

/** A simulated PedidosYa that holds an order and a catalogue job, and was not called yet. */
export async function startReachable() {
  const started = await startPedidosya();
  const order = started.world.place({ storeId: 'nbet' }).order_id;
  const [outcome] = await started.api.catalogue.update('nbet', CHANGES);
  await started.clock.sleep(1000);
  started.platform.calls.length = 0;
  started.requests.length = 0;
  return { ...started, known: { order, job: outcome?.kind === 'job' ? outcome.jobId : '' } };
}
