import { createImotrizClient } from '../../functions/platforms/imotriz/client.ts';
import { createNuvemshopClient } from '../../functions/platforms/nuvemshop/client.ts';
import { createPedidosyaClient } from '../../functions/platforms/pedidosya/client.ts';
import { imotrizSettings, nuvemshopSettings, pedidosyaSettings } from '../../functions/platforms/settings.ts';

const shared = {
  transport: () => Promise.reject(new Error('not to be called')),
  clock: { now: () => 0, sleep: async () => {} },
};

const CLIENTS = {
  nuvemshop: createNuvemshopClient({
    ...shared,
    settings: nuvemshopSettings.parse({ storeId: '1', userAgent: 'Tests (dev@example.com)' }),
    token: async () => 't',
  }),
  pedidosya: createPedidosyaClient({
    ...shared,
    settings: pedidosyaSettings.parse({
      chainId: 'c',
      country: 'uy',
      stores: [{ storeId: 's', pickingMode: 'partner' }],
    }),
    credential: async () => ({ token: 't' }),
  }),
  imotriz: createImotrizClient({
    ...shared,
    settings: imotrizSettings.parse({ country: 'co', storeId: 's' }),
    token: async () => 't',
  }),
};

/** Nuvemshop methods that refuse without a call, because the platform has no such thing. */
export const REFUSALS = ['orders.markPaid', 'orders.delete', 'orders.fulfil'] as const;

/** Every method that the clients really have, as `platform room.method`, and the one that is no client's. */
export const CLIENT_METHODS: readonly string[] = [
  'nuvemshop oauth.exchangeCode',
  ...Object.entries(CLIENTS).flatMap(([platform, client]) =>
    methodsOf(client).map((method) => `${platform} ${method}`),
  ),
];

function methodsOf(client: object): string[] {
  return Object.entries(client).flatMap(([name, member]: [string, unknown]) => {
    if (typeof member === 'function') return [name];
    if (typeof member !== 'object' || member === null) return [];
    return Object.entries(member).flatMap(([method, value]: [string, unknown]) =>
      typeof value === 'function' ? [`${name}.${method}`] : [],
    );
  });
}
