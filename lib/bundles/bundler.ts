import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type BuildOptions, buildSync } from 'esbuild';
import { DeployError } from '../deploy-error.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { keptOr } from './kept.ts';
import { leanSdk } from './lean-sdk.ts';
import { leanZod } from './lean-zod.ts';
import { ownSourceMap } from './own-source-map.ts';
import { FILES_BESIDE, placeOf, ROOT, type Sources } from './sources.ts';

/** How every function is bundled. docs/decisions/0032-lean-functions.md says what each choice is worth. */
export const bundleOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node24',
  // CommonJS loads 5 to 25 ms quicker than ESM with the SDK in it.
  format: 'cjs',
  mainFields: ['module', 'main'],
  supported: {
    // The first import() of a process starts Node's other loader; require() does the same without.
    'dynamic-import': false,
    // V8 only skims a function until it is called, but builds the whole tree of an arrow function inside of another one.
    arrow: false,
  },
  alias: {
    '@aws/lambda-invoke-store': join(import.meta.dirname, 'runtimes-store.ts'),
    '@aws-sdk/lib-dynamodb': join(import.meta.dirname, 'lean-document-client.mjs'),
    '@aws-sdk/middleware-endpoint-discovery': join(import.meta.dirname, 'no-endpoint-discovery.ts'),
    '#fetch': join(import.meta.dirname, 'lean-fetch.ts'),
    '@smithy/core/event-streams': join(import.meta.dirname, 'no-event-streams.ts'),
  },
  // For the lean copies of packages, which lie elsewhere.
  nodePaths: [join(ROOT, 'node_modules')],
  external: FILES_BESIDE,
  // Each client of AWS brings the whole of its package.json, to name its version to AWS.
  loader: { '.json': 'empty' },
  minify: true,
  // A crash names the line of our own source; the sources themselves stay at home.
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'none',
  // Not utf8: one letter beyond Latin ones doubles the bytes of the whole file in memory, and the time of reading it.
  charset: 'ascii',
  logLevel: 'silent',
} satisfies BuildOptions;

/** Puts lean copies of packages into a folder, and returns all that stands in a bundle in the place of packages. */
export const leanPackages = (folder: string): Record<string, string> => ({
  ...leanSdk(join(folder, 'sdk')),
  ...bundleOptions.alias,
  zod: leanZod(join(folder, 'zod')),
});

/**
 * Bundles the sources into a folder: a CommonJS module `<name>.js` for each entry, with its map, and the files beside them.
 *
 * @throws DeployError in one line when a source does not bundle.
 */
export function bundleInto(folder: string, { entries, files, configured }: Sources): void {
  const bundles = keptOr(entries, () => make(entries));
  for (const [path, text] of Object.entries(bundles)) write(join(folder, path), filledIn(text, configured));
  for (const [path, text] of Object.entries(files)) write(join(folder, path), text);
}

const PLACE = new RegExp(`\\b${placeOf(0).slice(0, -1)}(\\d+)\\b`, 'g');

/** A bundle with what the merchant configured. An entry runs last, so all that its map names stands before. */
const filledIn = (text: string, configured: readonly string[]): string =>
  text.replace(PLACE, (place, index: string) => {
    const value = configured[Number(index)];
    if (value === undefined)
      throw new Error(`a bundle has the place ${place}, and nothing is to stand there`);
    return asAscii(value);
  });

const asAscii = (json: string): string =>
  json.replace(/[^\0-~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Bundles with the places of what the merchant configures. */
function make(entries: Readonly<Record<string, string>>) {
  const folder = temporaryFolder('bundling');
  const sources = join(folder, 'sources');
  try {
    const entryPoints: Record<string, string> = {};
    for (const [name, text] of Object.entries(entries)) {
      const source = join(sources, `${name.replace('/', '-')}.ts`);
      write(source, text);
      entryPoints[name] = source;
    }
    const inputs = bundle(entryPoints, folder, leanPackages(sources));
    const files: Record<string, string> = {};
    for (const name of Object.keys(entries)) {
      files[`${name}.js`] = readFileSync(join(folder, `${name}.js`), 'utf8');
      files[`${name}.js.map`] = ownMap(join(folder, `${name}.js.map`));
      // The assembly may lie inside a package of type "module", where index.js would not be CommonJS.
      files[`${dirname(name)}/package.json`] = '{"type":"commonjs"}\n';
    }
    return { files, inputs: inputs.filter((path) => !join(ROOT, path).startsWith(sources)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function bundle(
  entryPoints: Record<string, string>,
  outdir: string,
  alias: Record<string, string>,
): string[] {
  try {
    const { warnings, metafile } = buildSync({
      ...bundleOptions,
      alias,
      entryPoints,
      outdir,
      metafile: true,
    });
    // Such as a name of zod that lean-zod.ts does not have: it would be missing when it is called.
    const missing = warnings.find(({ id }) => id === 'import-is-undefined');
    if (missing !== undefined) throw new Error(`\n${missing.location?.file ?? ''}: ${missing.text}`);
    return Object.keys(metafile.inputs);
  } catch (error) {
    const [, ...reasons] = error instanceof Error ? error.message.split('\n') : ['', String(error)];
    throw new DeployError(`a function does not bundle: ${reasons.slice(0, 3).join('; ')}`);
  }
}

function ownMap(file: string): string {
  const isOurs = (path: string) => path.startsWith('functions/');
  return ownSourceMap(readFileSync(file, 'utf8'), { folder: dirname(file), root: ROOT, isOurs });
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
