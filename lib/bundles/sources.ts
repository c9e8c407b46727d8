import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Channel, storesOf } from '../../config/merchant.ts';
import type { StockSettings } from '../../functions/domain/stock/settings.ts';
import { openApiOf } from '../../functions/erp/api/openapi.ts';
import { ROUTES } from '../../functions/erp/api/routes.ts';
import type { ApiSettings } from '../../functions/erp/api/settings.ts';
import { receivingOf } from '../../functions/pipeline/receive.ts';
import { moduleOf } from '../../functions/platforms/registry.ts';
import type { ErpJob, Job } from '../../functions/runtime/environment.ts';
import { DeployError } from '../deploy-error.ts';
import { ERP, erpJobsOf } from '../erp-jobs.ts';
import { jobsOf, onlyRecords } from '../jobs.ts';

/** The project's folder. */
export const ROOT = join(import.meta.dirname, '../..');

/**
 * Source file of a job, from the project's root. A platform's exports `handlerFor(platform, settings)`; one for the merchant's
 * own system `handlerFor()`; the API's `handlerFor(settings, parts)`: it is told what is deployed, and what lies beside it.
 */
export const entryOf = (job: Job): string => `functions/entry/${job}.lambda.ts`;

/** A job of a platform, as its function and its log call it. */
export const functionName = (platform: string, job: Job): string => `${platform}-${job}`;

/** What a deployment's functions are bundled from. */
export interface Sources {
  /** The text that a bundle begins at, by the bundle's name without `.js`, as in `<platform>-poll/index`. */
  readonly entries: Readonly<Record<string, string>>;
  /** What lies beside the bundles as it is, by its path. */
  readonly files: Readonly<Record<string, string>>;
  /**
   * What the merchant configured, as JSON. The entries name its places (see `placeOf`), so that the bundles of two merchants
   * differ in these values alone.
   */
  readonly configured: readonly string[];
}

/** The name of a value of `configured` in an entry, and in a bundle until the value stands there. */
export const placeOf = (index: number): string => `ACOPIO_CONFIGURED_${index}`;

/** @throws DeployError when a source is missing. */
export function sourcesOf(
  channels: readonly Channel[],
  entryOfJob: (job: Job) => string,
  stock: StockSettings | undefined,
): Sources {
  const configured: string[] = [];
  const place: Place = (value) => placeOf(configured.push(JSON.stringify(value)) - 1);
  const entries: Record<string, string> = {};
  for (const channel of channels)
    for (const job of jobsOf(channel)) {
      const name = functionName(channel.platform.name, job);
      entries[`${name}/index`] =
        job === 'receive'
          ? receiverEntry(channel, join(ROOT, entryOfJob(job)), place)
          : platformEntry(channel, job, join(ROOT, entryOfJob(job)), place);
      if (job === 'process' && !onlyRecords(channel.platform))
        entries[`${name}/${RARE}`] = all('functions/pipeline/rare-part.ts');
    }
  for (const job of erpJobsOf(stock !== undefined)) {
    const name = functionName(ERP, job);
    entries[`${name}/index`] = erpEntry(job, join(ROOT, entryOfJob(job)), place, { channels, stock });
    for (const [part, text] of Object.entries(partsOf(job, place, channels)))
      entries[`${name}/${part}`] = text;
  }
  const files = { [`${functionName(ERP, 'api')}/${OPEN_API}`]: JSON.stringify(openApiOf(ROUTES)) };
  return { entries, files, configured };
}

/** Keeps a value that the merchant configured, and returns the name of its place. */
type Place = (value: unknown) => string;

/** Whether a job knows nothing of the platform but the way in. A reconciler subscribes webhooks again where the app does. */
const isOnTheWayIn = (job: Job, { oauth }: Channel['platform']): boolean =>
  job === 'process' || job === 'poll' || (job === 'reconcile' && oauth === undefined);

/** A job's entry, called with what it knows of one platform and with the merchant's settings of it. */
function platformEntry(
  { platform, settings, stock }: Channel,
  job: Job,
  entry: string,
  place: Place,
): string {
  const [file, value] = isOnTheWayIn(job, platform)
    ? (['intake.ts', 'intake'] as const)
    : (['platform.ts', platform.name] as const);
  const module = fileURLToPath(moduleOf(platform.name, file));
  present(entry, module);
  const known = ['platform', place(settings)];
  if (job === 'tell' && stock !== undefined) known.push(place(stock));
  if (job === 'process') known.push(creating(platform));
  return [
    NAMES_SOURCES,
    `import { handlerFor } from ${JSON.stringify(entry)};`,
    `import { ${value} as platform } from ${JSON.stringify(module)};`,
    ...(job === 'process' ? [processorImport(platform)] : []),
    `export const handler = handlerFor(${known.join(', ')});`,
    '',
  ].join('\n');
}

/** What a consumer is made by: one that only records is bundled with nothing else. */
function processorImport(platform: Channel['platform']): string {
  const [name, file] = onlyRecords(platform)
    ? ['createRecorder', 'functions/pipeline/recorder.ts']
    : ['createProcessor', 'functions/pipeline/processor.ts'];
  return `import { ${name} as create } from ${JSON.stringify(join(ROOT, file))};`;
}

/** How a consumer is made; it is told what lies beside it. */
const creating = (platform: Channel['platform']): string =>
  onlyRecords(platform)
    ? 'create'
    : `(deployed, runtime) => create(deployed, runtime, ${loading(CONSUMER_FILES)})`;

/** A receiver's entry, called with how the platform proves who it is and where it may send to. */
function receiverEntry(channel: Channel, entry: string, place: Place): string {
  const { platform, routes } = receivingOf(channel);
  const module = fileURLToPath(moduleOf(platform.name, 'webhook-proof.ts'));
  present(entry, module);
  const name = `{ name: ${JSON.stringify(platform.name)} }`;
  return [
    NAMES_SOURCES,
    `import { handlerFor } from ${JSON.stringify(entry)};`,
    `import { proof } from ${JSON.stringify(module)};`,
    `export const handler = handlerFor({ platform: ${name}, proof, routes: ${place(routes)} });`,
    '',
  ].join('\n');
}

/** The entry of a function for the merchant's own system. */
function erpEntry(
  job: ErpJob,
  entry: string,
  place: Place,
  { channels, stock }: { channels: readonly Channel[]; stock: StockSettings | undefined },
): string {
  present(entry);
  const known: Partial<Record<ErpJob, () => string>> = {
    api: () => `${place(apiSettings(channels, stock))}, ${loading(API_FILES)}`,
    publish: () => loading(PUBLISHER_FILES),
    track: () => (stock === undefined ? '' : `stockFollowing(${place(stock)})`),
    compare: () => place(stock),
    sweep: () =>
      stock === undefined ? place(storesOf(channels)) : `${place(storesOf(channels))}, ${place(stock)}`,
  };
  return [
    NAMES_SOURCES,
    `import { handlerFor } from ${JSON.stringify(entry)};`,
    ...(job === 'track' && stock !== undefined ? [FOLLOWS_STOCK] : []),
    `export const handler = handlerFor(${known[job]?.() ?? ''});`,
    '',
  ].join('\n');
}

/** What lies beside a function for the merchant's own system, by the names of its files. */
function partsOf(job: ErpJob, place: Place, channels: readonly Channel[]): Record<string, string> {
  if (job === 'publish') return { [BUS]: all('functions/erp/event-bus.ts') };
  if (job !== 'api') return {};
  return {
    [COMMANDS]: commandsEntry(channels, place),
    [FURTHER]: all('functions/erp/api/further-part.ts'),
    [STOCK_HINTS]: all('functions/erp/api/stock-hints-part.ts'),
  };
}

/** All that a file exports. */
const all = (file: string): string => `export * from ${JSON.stringify(join(ROOT, file))};\n`;

function present(...files: string[]): void {
  for (const file of files) {
    if (!existsSync(file))
      throw new DeployError(
        `${relative(ROOT, file)} is missing, and a function is made from it. Restore the file.`,
      );
  }
}

/** For the tracker of a merchant whose stock is counted. */
const FOLLOWS_STOCK = `import { stockFollowing } from ${JSON.stringify(join(ROOT, 'functions/erp/stock-following.ts'))};`;

/** Before everything else, so that also what fails at the start is named. */
const NAMES_SOURCES = `import ${JSON.stringify(join(ROOT, 'functions/runtime/own-sources.ts'))};`;

/**
 * Name of the file beside the API's own that gives commands, and knows every platform. Two files, because a bundle with parts
 * that run later holds and runs the whole of every module that both of its parts use, the SDK among them.
 */
const COMMANDS = 'commands';
/** All routes but those that are asked for all day, with the stores that these work with. */
const FURTHER = 'further';
/** Bring a client each that few calls need. */
const STOCK_HINTS = 'stock-hints';
const BUS = 'bus';
/** What few messages ask a consumer for. */
const RARE = 'rare';
const OPEN_API = 'openapi.json';
/** Beside a function's own file, as that names them. */
const API_FILES = {
  loadFurther: `./${FURTHER}.js`,
  loadCommands: `./${COMMANDS}.js`,
  loadStockHints: `./${STOCK_HINTS}.js`,
  loadOpenApi: `./${OPEN_API}`,
};
const PUBLISHER_FILES = { loadBus: `./${BUS}.js` };
const CONSUMER_FILES = { loadRare: `./${RARE}.js` };
/** What a bundle loads when it is first needed, and does not hold. */
export const FILES_BESIDE = [API_FILES, PUBLISHER_FILES, CONSUMER_FILES].flatMap((files) =>
  Object.values<string>(files),
);
const loading = (files: Readonly<Record<string, string>>): string =>
  `{ ${Object.entries(files)
    .map(([name, file]) => `${name}: () => import(${JSON.stringify(file)})`)
    .join(', ')} }`;

const commandsEntry = (channels: readonly Channel[], place: Place): string =>
  [
    `import { commandsPart } from ${JSON.stringify(join(ROOT, 'functions/erp/api/acceptor.ts'))};`,
    `export const { createAcceptor, createAsking } = commandsPart(${lazily(channels, place)});`,
    '',
  ].join('\n');

/** The names of the merchant's stores, and no platform: so the API starts in half the time. */
const apiSettings = (channels: readonly Channel[], stock: StockSettings | undefined): ApiSettings => ({
  stores: storesOf(channels),
  ...(stock === undefined ? {} : { stock }),
});

/** The channels as source: a platform's code runs when it is first asked for. */
function lazily(channels: readonly Channel[], place: Place): string {
  const sources = channels.map(({ platform: { name }, settings }) => {
    const module = fileURLToPath(moduleOf(name));
    present(module);
    const load = `() => import(${JSON.stringify(module)}).then((found) => found.${name})`;
    return `{ name: ${JSON.stringify(name)}, settings: ${place(settings)}, load: ${load} }`;
  });
  return `[${sources.join(', ')}]`;
}
