import { expect, it, onTestFinished } from 'vitest';
import { pedidosya } from '../../../functions/platforms/pedidosya/platform.ts';
import { pedidosyaModule } from '../../../local/platforms/pedidosya/module.ts';
import { describeModuleContract } from '../module-contract.ts';

const stores = [
  { storeId: 'nbet', pickingMode: 'partner' },
  { storeId: 's8ym', ownCode: 'store-002', pickingMode: 'pelican' },
];
const settings = [
  { chainId: '79d3a074-0f4c-44ac-892c-787fdfb04ba1', country: 'uy', stores },
  { chainId: '0b1f4a3e-5a0f-4f50-8d3a-5f0c6c1f2a77', country: 'cl', stores: stores.slice(0, 1) },
] as const;

describeModuleContract(pedidosyaModule, pedidosya, { chains: [...settings] });

it('opens the outlets of each chain as they are configured', () => {
  const chains = pedidosyaModule.create({ seed: 1, stores: settings });

  expect(chains.map(({ simulator }) => simulator.world.stores)).toMatchObject([
    [
      { id: 'nbet', country: 'uy' },
      { id: 's8ym', externalCode: 'store-002', pickingMode: 'pelican' },
    ],
    [{ id: 'nbet', country: 'cl', pickingMode: 'partner' }],
  ]);
});

it('lets the files of an export be read from its own address', () => {
  const pointed = pedidosyaModule.pointAt({ chains: [...settings] }, () => 'http://127.0.0.1:4000');

  expect(pointed).toMatchObject({ chains: Array(2).fill({ downloadHosts: ['127.0.0.1:4000'] }) });
});

it('counts the calls of one address to all chains together', async () => {
  const chains = pedidosyaModule.create({ seed: 1, stores: settings, own: { callsPerMinute: 3 } });
  await Promise.all(chains.map(({ simulator }) => simulator.start()));
  onTestFinished(async () => {
    await Promise.all(chains.map(({ simulator }) => simulator.stop()));
  });

  const statuses: number[] = [];
  for (const { simulator } of [chains[0]!, chains[1]!, chains[0]!, chains[1]!])
    statuses.push((await fetch(`${simulator.url}/v2/orders/none`)).status);

  expect(statuses).toEqual([401, 401, 401, 429]);
});

it('sends webhooks with the secret that it gives away', () => {
  const [chain] = pedidosyaModule.create({ seed: 1, stores: settings });

  expect(chain!.secrets().webhook).toEqual({ secret: chain!.webhooks!.headersFor('{}').authorization });
});
