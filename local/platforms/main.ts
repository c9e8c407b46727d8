import { Command, InvalidArgumentError } from 'commander';
import { createImotrizSimulator } from './imotriz/simulator.ts';
import { createNuvemshopSimulator } from './nuvemshop/simulator.ts';
import { DEFAULTS as pedidosyaDefaults } from './pedidosya/options.ts';
import { createPedidosYaSimulator } from './pedidosya/simulator.ts';
import type { Simulator } from './simulator.ts';

interface Choices {
  seed: string;
  nuvemshopPort: number;
  pedidosyaPort: number;
  imotrizPort: number;
  queueDelay: number;
  retryScale: number;
  nuvemshopWebhook?: string;
  pedidosyaWebhook?: string;
  nuvemshopRedirect?: string;
  orders: number;
}

const program = new Command('platforms')
  .description(
    'Simulated Nuvemshop, PedidosYa and iMotriz on 127.0.0.1, with invented shops and fake credentials.',
  )
  .option('--seed <text>', 'the same seed gives the same shops, ids and orders', '1')
  .option('--nuvemshop-port <port>', 'port of Nuvemshop', port, 4610)
  .option('--pedidosya-port <port>', 'port of PedidosYa', port, 4620)
  .option('--imotriz-port <port>', 'port of iMotriz', port, 4630)
  .option(
    '--queue-delay <factor>',
    "Nuvemshop's time in the queue: 1 as documented, 0 answers at once",
    factor,
    1,
  )
  .option('--retry-scale <factor>', 'waits between webhook attempts: 1 as documented, 0 at once', factor, 1)
  .option('--nuvemshop-webhook <url>', 'send all order events of Nuvemshop there')
  .option('--nuvemshop-redirect <url>', 'where the authorize page sends the merchant')
  .option('--pedidosya-webhook <url>', 'send the orders of PedidosYa there')
  .option('--orders <count>', 'place so many orders on each platform at the start', count, 0)
  .action(run);

await program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

async function run(choices: Choices): Promise<void> {
  const { seed, retryScale } = choices;
  const nuvemshop = createNuvemshopSimulator({
    seed,
    retryScale,
    queueDelayScale: choices.queueDelay,
    allowLocalWebhooks: true,
    ...(choices.nuvemshopRedirect === undefined ? {} : { app: { redirectUrl: choices.nuvemshopRedirect } }),
  });
  const pedidosya = createPedidosYaSimulator({
    seed,
    retryScale,
    ...(choices.pedidosyaWebhook === undefined
      ? {}
      : { orderWebhook: { url: choices.pedidosyaWebhook, secret: 'simulated-webhook-secret' } }),
  });
  const imotriz = createImotrizSimulator({ seed });
  const started: Simulator[] = [];
  const stop = async () => {
    await Promise.all(started.map((simulator) => simulator.stop()));
  };
  try {
    for (const [simulator, at] of [
      [nuvemshop, choices.nuvemshopPort],
      [pedidosya, choices.pedidosyaPort],
      [imotriz, choices.imotrizPort],
    ] as const) {
      await simulator.start(at);
      started.push(simulator);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  if (choices.nuvemshopWebhook !== undefined) nuvemshop.world.subscribe({ url: choices.nuvemshopWebhook });
  for (let index = 0; index < choices.orders; index += 1) {
    for (const { world } of [nuvemshop, pedidosya, imotriz]) world.place();
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
  console.log(describe(nuvemshop, pedidosya, imotriz));
}

function describe(
  nuvemshop: ReturnType<typeof createNuvemshopSimulator>,
  pedidosya: ReturnType<typeof createPedidosYaSimulator>,
  imotriz: ReturnType<typeof createImotrizSimulator>,
): string {
  const shop = nuvemshop.world.credentials();
  const agent = `-H 'User-Agent: Try (you@example.com)'`;
  return `
Nuvemshop   ${nuvemshop.url}   store ${shop.storeId}, app ${shop.appId}
            client secret ${shop.clientSecret}
            curl ${agent} -H 'Authentication: bearer ${shop.accessToken}' \\
              ${nuvemshop.url}/2025-03/${shop.storeId}/orders
PedidosYa   ${pedidosya.url}   chain ${pedidosyaDefaults.chainId}, token ${pedidosyaDefaults.staticToken}
            OAuth client ${pedidosyaDefaults.oauthClient.id} / ${pedidosyaDefaults.oauthClient.secret}
iMotriz     ${imotriz.url}   token ${imotriz.world.token}
            curl -H 'Content-Type: application/json' -H 'Authorization: ${imotriz.world.token}' \\
              ${imotriz.url}/api/cart/transaction/newOrders

Each answers under /_sim with what it can be made to do. To switch a fault on, and all of them off:
  curl -X POST ${nuvemshop.url}/_sim/faults -d '{"kind":"status","status":500,"times":3,"match":{"method":"GET"}}'
  curl -X DELETE ${nuvemshop.url}/_sim/faults
To place an order:
  curl -X POST ${nuvemshop.url}/_sim/do/place
Ctrl-C ends it.
`;
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError('A port is 0 to 65535.');
  return value;
}

function factor(text: string): number {
  const value = Number(text);
  if (!(value >= 0)) throw new InvalidArgumentError('A factor is a number of 0 or more.');
  return value;
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError('A count is a whole number of 0 or more.');
  return value;
}
