import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { type BuildOptions, buildSync } from 'esbuild';
import { type Channel, storesOf } from '../config/merchant.ts';
import type { StockSettings } from '../functions/domain/stock/settings.ts';
import type { ApiSettings } from '../functions/erp/api/api.ts';
import { openApiOf } from '../functions/erp/api/openapi.ts';
import { ROUTES } from '../functions/erp/api/routes.ts';
import { moduleOf } from '../functions/platforms/registry.ts';
import type { ErpJob, Job } from '../functions/runtime/environment.ts';
import { DeployError } from './deploy-error.ts';
import { ERP, erpJobsOf } from './erp-jobs.ts';
import { jobsOf } from './jobs.ts';
import { leanZod } from './lean-zod.ts';
import { ownSourceMap } from './own-source-map.ts';
import { temporaryFolder } from './temporary-folder.ts';

const ROOT = join(import.meta.dirname, '..');

/**
 * Source file of a job, from the project's root. A platform's exports `handlerFor(platform, settings)`; one for the merchant's
 * own system `handlerFor()`; the API's `handlerFor(settings, parts)`: it is told what is deployed, and what lies beside it.
 */
export const entryOf = (job: Job): string => `functions/entry/${job}.lambda.ts`;

/** A job of a platform, as its function and its log call it. */
export const functionName = (platform: string, job: Job): string => `${platform}-${job}`;

/**
 * The bundles of one deployment's functions. They are made in one run of the bundler when the first is asked for,
 * which parses what the functions share once: six in the time of two. They lie in a temporary folder until the assembly
 * has its copies; call `discard` then.
 *
 * A platform's bundle holds that platform and the merchant's settings of it. Lambda's environment has room for 4 KB only, and a chain
 * may have hundreds of outlets.
 *
 * Not the CDK's own hook for local bundling: it runs once per function, needs a container image to be named, and wraps
 * an error in the code into a page of text.
 */
export class Bundles {
  private readonly channels: readonly Channel[];
  private readonly entryOf: (job: Job) => string;
  private readonly stock: StockSettings | undefined;
  private folder: string | undefined;

  /** @param stock how the merchant's stock is counted, where somebody counts it */
  constructor(channels: readonly Channel[], entry = entryOf, stock?: StockSettings) {
    this.channels = channels;
    this.entryOf = entry;
    this.stock = stock;
  }

  /**
   * The code of one function as an asset whose hash is taken of the bundle, so an edit that changes no byte of it
   * deploys nothing. A stack that the CDK was told not to bundle gets an empty one.
   *
   * @throws DeployError when a source is missing or does not bundle.
   */
  codeOf(name: string, scope: Construct): Code {
    if (!Stack.of(scope).bundlingRequired) return Code.fromInline(`// ${name}, not bundled`);
    this.folder ??= this.build();
    return Code.fromAsset(join(this.folder, name));
  }

  /** Removes the temporary folder. */
  discard(): void {
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true });
    this.folder = undefined;
  }

  /** Bundles each function into a CommonJS module `<name>/index.js` that exports `handler`. Returns the folder. */
  private build(): string {
    const folder = temporaryFolder('bundles');
    const sources = join(folder, 'sources');
    mkdirSync(sources);
    try {
      const entryPoints: Record<string, string> = {};
      for (const channel of this.channels) {
        for (const job of jobsOf(channel)) {
          const name = functionName(channel.platform.name, job);
          const source = join(sources, `${name}.ts`);
          writeFileSync(
            source,
            sourceOf(channel, join(ROOT, this.entryOf(job)), job === 'tell' ? channel.stock : undefined),
          );
          entryPoints[`${name}/index`] = source;
        }
      }
      for (const job of erpJobsOf(this.stock !== undefined)) {
        const name = functionName(ERP, job);
        const source = join(sources, `${name}.ts`);
        writeFileSync(source, this.erpSourceOf(job));
        entryPoints[`${name}/index`] = source;
        for (const [part, text] of Object.entries(this.partsOf(job))) {
          const beside = join(sources, `${name}-${part}.ts`);
          writeFileSync(beside, text);
          entryPoints[`${name}/${part}`] = beside;
        }
      }
      bundle(entryPoints, folder, leanZod(join(sources, 'zod')));
      writeFileSync(join(folder, functionName(ERP, 'api'), OPEN_API), JSON.stringify(openApiOf(ROUTES)));
      for (const entry of Object.keys(entryPoints)) {
        keepOwnMap(join(folder, `${entry}.js.map`));
        // The assembly may lie inside a package of type "module", where index.js would not be CommonJS.
        writeFileSync(join(folder, entry, '..', 'package.json'), '{"type":"commonjs"}\n');
      }
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
    return folder;
  }

  /** What lies beside a function for the merchant's own system, by the names of its files. */
  private partsOf(job: ErpJob): Record<string, string> {
    const all = (file: string) => `export * from ${JSON.stringify(join(ROOT, file))};\n`;
    if (job === 'publish') return { [BUS]: all('functions/erp/event-bus.ts') };
    if (job !== 'api') return {};
    return {
      [COMMANDS]: commandsSource(this.channels),
      [STOCK_HINTS]: all('functions/erp/api/stock-hints-part.ts'),
    };
  }

  /** What a function for the merchant's own system is bundled from. */
  private erpSourceOf(job: ErpJob): string {
    const entry = join(ROOT, this.entryOf(job));
    present(entry);
    const { channels, stock } = this;
    const told: Partial<Record<ErpJob, () => string>> = {
      api: () => `${JSON.stringify(apiSettings(channels, stock))}, ${loading(API_FILES)}`,
      publish: () => loading(PUBLISHER_FILES),
      track: () => JSON.stringify(stock),
      compare: () => JSON.stringify(stock),
      sweep: () => (stock === undefined ? '' : JSON.stringify(stock)),
    };
    const known = told[job]?.() ?? '';
    return [
      NAMES_SOURCES,
      `import { handlerFor } from ${JSON.stringify(entry)};`,
      `export const handler = handlerFor(${known});`,
      '',
    ].join('\n');
  }
}

function present(...files: string[]): void {
  for (const file of files) {
    if (!existsSync(file))
      throw new DeployError(
        `${relative(ROOT, file)} is missing, and a function is made from it. Restore the file.`,
      );
  }
}

/** Before everything else, so that also what fails at the start is named. */
const NAMES_SOURCES = `import ${JSON.stringify(join(ROOT, 'functions/runtime/own-sources.ts'))};`;

/**
 * Name of the file beside the API's own that gives commands, and knows every platform. Two files, because a bundle with parts
 * that run later holds and runs the whole of every module that both of its parts use, the SDK among them.
 */
const COMMANDS = 'commands';
/** Bring a client each that few calls need. */
const STOCK_HINTS = 'stock-hints';
const BUS = 'bus';
const OPEN_API = 'openapi.json';
/** Beside a function's own file, as that names them. */
const API_FILES = {
  loadCommands: `./${COMMANDS}.js`,
  loadStockHints: `./${STOCK_HINTS}.js`,
  loadOpenApi: `./${OPEN_API}`,
};
const PUBLISHER_FILES = { loadBus: `./${BUS}.js` };
const loading = (files: Readonly<Record<string, string>>): string =>
  `{ ${Object.entries(files)
    .map(([name, file]) => `${name}: () => import(${JSON.stringify(file)})`)
    .join(', ')} }`;

const commandsSource = (channels: readonly Channel[]): string =>
  [
    `import { commandsPart } from ${JSON.stringify(join(ROOT, 'functions/erp/api/acceptor.ts'))};`,
    `export const { createAcceptor, createPassThrough } = commandsPart(${lazily(channels)});`,
    '',
  ].join('\n');

/** The names of the merchant's stores, and no platform: so the API starts in half the time. */
const apiSettings = (channels: readonly Channel[], stock: StockSettings | undefined): ApiSettings => ({
  stores: storesOf(channels),
  ...(stock === undefined ? {} : { stock }),
});

/** The channels as source: a platform's code runs when it is first asked for. */
function lazily(channels: readonly Channel[]): string {
  const sources = channels.map(({ platform: { name }, settings }) => {
    const module = fileURLToPath(moduleOf(name));
    present(module);
    const load = `() => import(${JSON.stringify(module)}).then((found) => found.${name})`;
    return `{ name: ${JSON.stringify(name)}, settings: ${JSON.stringify(settings)}, load: ${load} }`;
  });
  return `[${sources.join(', ')}]`;
}

/** What a function is bundled from: a job's entry, called with one platform and the merchant's settings of it. */
function sourceOf({ platform, settings }: Channel, entry: string, stock?: StockSettings): string {
  const module = fileURLToPath(moduleOf(platform.name));
  present(entry, module);
  return [
    NAMES_SOURCES,
    `import { handlerFor } from ${JSON.stringify(entry)};`,
    `import { ${platform.name} as platform } from ${JSON.stringify(module)};`,
    `export const handler = handlerFor(platform, ${JSON.stringify(settings)}${stock === undefined ? '' : `, ${JSON.stringify(stock)}`});`,
    '',
  ].join('\n');
}

function keepOwnMap(file: string): void {
  const isOurs = (path: string) => path.startsWith('functions/');
  writeFileSync(
    file,
    ownSourceMap(readFileSync(file, 'utf8'), { folder: dirname(file), root: ROOT, isOurs }),
  );
}

/** Where the SDK looks for credentials besides the environment. */
const OTHER_CREDENTIALS = [
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-login',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/credential-provider-imds',
];

/** How every function is bundled. docs/decisions/0032-lean-functions.md says what each choice is worth. */
export const bundleOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node24',
  // CommonJS loads 5 to 25 ms quicker than ESM with the SDK in it.
  format: 'cjs',
  mainFields: ['module', 'main'],
  // The first import() of a process starts Node's other loader; require() does the same without.
  supported: { 'dynamic-import': false },
  alias: {
    '@smithy/core/event-streams': join(import.meta.dirname, 'no-event-streams.ts'),
    ...Object.fromEntries(
      OTHER_CREDENTIALS.map((name) => [name, join(import.meta.dirname, 'no-credentials.ts')]),
    ),
  },
  external: [...Object.values(API_FILES), ...Object.values(PUBLISHER_FILES)],
  minify: true,
  // A crash names the line of our own source; the sources themselves stay at home.
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'none',
  // Not utf8: one letter beyond Latin ones doubles the bytes of the whole file in memory, and the time of reading it.
  charset: 'ascii',
  logLevel: 'silent',
} satisfies BuildOptions;

function bundle(entryPoints: Record<string, string>, outdir: string, zod: string): void {
  try {
    const alias = { ...bundleOptions.alias, zod };
    const { warnings } = buildSync({ ...bundleOptions, alias, entryPoints, outdir });
    // Such as a name of zod that lean-zod.ts does not have: it would be missing when it is called.
    const missing = warnings.find(({ id }) => id === 'import-is-undefined');
    if (missing !== undefined) throw new Error(`\n${missing.location?.file ?? ''}: ${missing.text}`);
  } catch (error) {
    const [, ...reasons] = error instanceof Error ? error.message.split('\n') : ['', String(error)];
    throw new DeployError(`a function does not bundle: ${reasons.slice(0, 3).join('; ')}`);
  }
}
