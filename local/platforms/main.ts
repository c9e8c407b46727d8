import { Command, InvalidArgumentError, Option } from 'commander';
import { listenForInterruption } from '../interruption.ts';
import { simulators } from './registry.ts';
import type { Simulator } from './simulator.ts';
import type { SimulatedStore, SimulatorModule } from './simulator-module.ts';

/** A simulator on the command line. */
interface Offer {
  name: string;
  module: SimulatorModule;
  port: Option;
  /** Options for the addresses of somebody's API, by the name of the address. */
  addresses: [name: string, option: Option][];
}

interface Choices {
  seed: string;
  queueDelay: number;
  retryScale: number;
  orders: number;
}

const offers = [...simulators].map(([name, module]): Offer => {
  const { title, addresses, standalone } = module;
  return {
    name,
    module,
    port: new Option(`--${name}-port <port>`, `port of ${title}`).argParser(port).default(standalone.port),
    addresses: Object.entries(addresses).map(([address, { purpose }]) => [
      address,
      new Option(`--${name}-${address} <url>`, `${title}: where ${purpose}`),
    ]),
  };
});
const titles = offers.map(({ module }) => module.title).join(', ');

const program = new Command('platforms')
  .description(`Simulated platforms (${titles}) on 127.0.0.1, with invented shops and fake credentials.`)
  .option('--seed <text>', 'the same seed gives the same shops, ids and orders', '1')
  .option(
    '--queue-delay <factor>',
    'time that a call waits in the queue of a platform that has one: 1 as documented, 0 answers at once',
    factor,
    1,
  )
  .option('--retry-scale <factor>', 'waits between webhook attempts: 1 as documented, 0 at once', factor, 1)
  .option('--orders <count>', 'place so many orders on each platform at the start', count, 0)
  .action(run);
for (const { port, addresses } of offers)
  for (const option of [port, ...addresses.map(([, address]) => address)]) program.addOption(option);

await program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

async function run({ seed, retryScale, queueDelay, orders }: Choices): Promise<void> {
  const started: Simulator[] = [];
  const stop = async () => {
    await Promise.all(started.map((simulator) => simulator.stop()));
  };
  const opened: { offer: Offer; store: SimulatedStore }[] = [];
  try {
    for (const offer of offers) {
      const options = { seed, retryScale, queueDelayScale: queueDelay, allowLocalWebhooks: true };
      for (const store of offer.module.create(options)) {
        if (!started.includes(store.simulator)) {
          await store.simulator.start(Number(chosen(offer.port)));
          started.push(store.simulator);
        }
        opened.push({ offer, store });
      }
    }
  } catch (error) {
    await stop();
    throw error;
  }
  for (const { offer, store } of opened) {
    const urls = offer.addresses.flatMap(([name, option]) => {
      const url = chosen(option);
      return typeof url === 'string' ? [[name, url] as const] : [];
    });
    store.connect(Object.fromEntries(urls));
  }
  for (let index = 0; index < orders; index += 1) for (const { store } of opened) store.place();
  listenForInterruption().signal.addEventListener('abort', () => void stop());
  console.log(describe(opened));
}

function chosen(option: Option): unknown {
  return program.getOptionValue(option.attributeName());
}

function describe(opened: readonly { offer: Offer; store: SimulatedStore }[]): string {
  const lines = opened.flatMap(({ offer: { module }, store }) => {
    const [first = '', ...more] = module.standalone.describe(store);
    return [
      `${module.title.padEnd(10)}  ${store.simulator.url}   ${first}`,
      ...more.map((line) => `            ${line}`),
    ];
  });
  const url = opened[0]?.store.simulator.url ?? '';
  return `
${lines.join('\n')}

Each answers under /_sim with what it can be made to do. To switch a fault on, and all of them off:
  curl -X POST ${url}/_sim/faults -d '{"kind":"status","status":500,"times":3,"match":{"method":"GET"}}'
  curl -X DELETE ${url}/_sim/faults
To place an order:
  curl -X POST ${url}/_sim/do/place
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
