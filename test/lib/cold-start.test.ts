import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { AssetCode } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';
import { channelsOf, stockOf } from '../../config/merchant.ts';
import { bundleOptions, leanPackages } from '../../lib/bundles/bundler.ts';
import { Bundles } from '../../lib/bundles/bundles.ts';
import { entryOf, sourcesOf } from '../../lib/bundles/sources.ts';
import { temporaryFolder } from '../../lib/temporary-folder.ts';
import { demo } from './assembly.ts';

/**
 * What a cold start pays for, counted: KB of code, and schemas that are made before anything is asked. `npm run bench -- cold`
 * measures the time. Whoever needs more says so here, with the figure of the bench.
 */
const BUDGETS: readonly { name: string; kilobytes: number; schemas: number }[] = [
  { name: 'erp-api', kilobytes: 295, schemas: 17 },
  { name: 'erp-publish', kilobytes: 260, schemas: 19 },
  // Of a merchant whose stock nobody counts.
  { name: 'erp-track', kilobytes: 240, schemas: 15 },
  { name: 'pedidosya-receive', kilobytes: 216, schemas: 11 },
  { name: 'nuvemshop-receive', kilobytes: 217, schemas: 11 },
  { name: 'pedidosya-process', kilobytes: 313, schemas: 43 },
  { name: 'imotriz-process', kilobytes: 290, schemas: 17 },
  { name: 'nuvemshop-process', kilobytes: 406, schemas: 41 },
  { name: 'imotriz-poll', kilobytes: 315, schemas: 39 },
];

const bundles = new Bundles(channelsOf(demo), entryOf, stockOf(demo));
const { entries } = sourcesOf(channelsOf(demo), entryOf, stockOf(demo));
afterAll(() => bundles.discard());

function fileOf(name: string): string {
  const code = bundles.codeOf(name, new Stack());
  if (!(code instanceof AssetCode)) throw new Error(`${name} is no asset`);
  return join(code.path, 'index.js');
}

const ENVIRONMENT = {
  MERCHANT: 'demo',
  SECRETS: JSON.stringify({ tokens: 'secret', emailKey: 'secret' }),
  CONTROL_TABLE: 'control',
  ORDERS_TABLE: 'orders',
  RAW_DAYS: '30',
  ACKNOWLEDGED_BY: '*',
  QUEUE_URL: 'https://queue',
  COMMAND_QUEUES: '{}',
  STOCK_QUEUES: '{}',
  AWS_REGION: 'sa-east-1',
};

/** Loads a bundle, and tells of each schema that is made where; and which of Node's own modules are loaded. */
const LOADING = `
const places = [];
globalThis.__zod_globalConfig = { postProcessor() {
  const from = /functions\\/\\S+\\.ts/.exec(new Error().stack.replace(/functions\\/domain\\/lazily\\.ts/g, ''));
  places.push(from === null ? 'zod' : from[0]);
} };
Error.stackTraceLimit = 40;
require(process.argv[1]);
const modules = process.moduleLoadList.map((name) => name.replace('NativeModule ', ''));
process.stdout.write(JSON.stringify({ places, modules }));
`;

function load(name: string): { places: string[]; modules: string[] } {
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', LOADING, fileOf(name)], {
    encoding: 'utf8',
    env: ENVIRONMENT,
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

/** The packages of a function by their size, each with a file of ours that imports it. */
function heaviest(name: string): string {
  const packages = join(temporaryFolder('packages'), 'packages');
  const { metafile } = buildSync({
    ...bundleOptions,
    alias: leanPackages(packages),
    stdin: { contents: entries[`${name}/index`] ?? '', resolveDir: import.meta.dirname },
    outdir: 'unwritten',
    write: false,
    metafile: true,
  });
  const sizes = new Map<string, number>();
  const packageOf = (path: string) =>
    /(?:node_modules|packages(?:\/sdk)?)\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path;
  for (const { inputs } of Object.values(metafile.outputs))
    for (const [path, { bytesInOutput }] of Object.entries(inputs))
      sizes.set(packageOf(path), (sizes.get(packageOf(path)) ?? 0) + bytesInOutput);
  const importer = (of: string) =>
    Object.entries(metafile.inputs).find(
      ([path, { imports }]) =>
        path.startsWith('functions/') && imports.some((one) => packageOf(one.path) === of),
    )?.[0] ?? 'a package';
  return [...sizes]
    .sort(([, one], [, other]) => other - one)
    .slice(0, 15)
    .map(([of, bytes]) => `${(bytes / 1024).toFixed(1)} KB ${of} (imported by ${importer(of)})`)
    .join('\n');
}

const counted = (places: readonly string[]): string =>
  [...Map.groupBy(places, (place) => place)]
    .sort(([, one], [, other]) => other.length - one.length)
    .map(([place, made]) => `${made.length} ${place}`)
    .join('\n');

describe.each(BUDGETS)('a cold start of $name', ({ name, kilobytes, schemas }) => {
  test(`reads no more than ${kilobytes} KB of code`, () => {
    const size = statSync(fileOf(name)).size / 1024;

    expect(size, size > kilobytes ? heaviest(name) : name).toBeLessThanOrEqual(kilobytes);
  });

  test(`makes no more than ${schemas} schemas, and loads no compression`, () => {
    const { places, modules } = load(name);

    expect(places.length, counted(places)).toBeLessThanOrEqual(schemas);
    expect(places.length).toBeGreaterThan(0);
    expect(modules, 'functions/runtime/zlib.ts loads it when it is needed').not.toContain('zlib');
  });
});
