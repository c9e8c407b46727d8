import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { bundleOptions, leanPackages } from '../../lib/bundles/bundler.ts';
import { leanZod } from '../../lib/bundles/lean-zod.ts';
import { DeployError } from '../../lib/deploy-error.ts';
import { temporaryFolder } from '../../lib/temporary-folder.ts';
import { ROOT } from './assembly.ts';

const ZOD = join(ROOT, 'node_modules/zod/v4');
const folder = temporaryFolder('lean-zod');

/** A schema of each kind that functions make, and what reads with it. */
const READING = `
import * as z from 'zod';

const id = z.string().min(1).max(8).regex(/^[a-z]+$/);
const line = z.object({ id, quantity: z.number().nonnegative().max(9), free: z.boolean().optional() });
const SCHEMAS = {
  line,
  lines: z.array(line).min(1),
  strict: z.strictObject({ id }),
  loose: z.looseObject({ id }),
  extended: line.extend({ kind: z.literal('line') }),
  omitted: line.omit({ id: true }),
  word: z.enum(['paid', 'unknown']).catch('unknown'),
  either: z.union([z.string(), z.number().transform(String)]).nullish(),
  kind: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('a'), a: z.int() }),
    z.object({ kind: z.literal('b'), b: z.string() }),
  ]),
  named: z.record(z.string(), z.int()),
  time: z.iso.datetime({ precision: 3 }),
  trimmed: z.string().trim().min(1),
  filled: z.int().min(0).default(7),
  before: z.preprocess((value) => (value === '' ? undefined : value), z.string().optional()),
  ruled: z.string().refine((text) => text !== '0', 'Invalid id'),
  digits: z.coerce.number().int().min(1),
  piped: z.string().transform((text) => text.toUpperCase()).pipe(z.string().regex(/^[A-Z]{3}$/)),
  anything: z.unknown().optional(),
};

export const names = Object.keys(SCHEMAS);
export function read(name, value) {
  const { success, data, error } = SCHEMAS[name].safeParse(value);
  return success ? { data } : { issues: error.issues, said: z.prettifyError(error), isError: error instanceof Error };
}
export const methodsOf = (name) => ['max', 'extend', 'optional'].filter((method) => method in SCHEMAS[name]);
`;

interface Reader {
  names: string[];
  read(name: string, value: unknown): unknown;
  methodsOf(name: string): string[];
}

function readerWith(name: string, alias: Record<string, string>): Reader {
  const outfile = join(folder, `${name}.cjs`);
  const stdin = { contents: READING, resolveDir: import.meta.dirname };
  buildSync({ ...bundleOptions, sourcemap: false, alias, stdin, outfile });
  return createRequire(import.meta.url)(outfile);
}

const lean = readerWith('lean', leanPackages(join(folder, 'packages')));
const whole = readerWith('whole', {});

const VALUES: readonly unknown[] = [
  undefined,
  null,
  '',
  '0',
  ' a ',
  'abc',
  'paid',
  'a-text-that-is-long',
  '2026-01-02T03:04:05.678Z',
  0,
  -1,
  1.5,
  3,
  1e300,
  true,
  [],
  [{ id: 'a', quantity: 1 }],
  {},
  { id: 'abc' },
  { id: 'abc', quantity: 2, free: true, more: 1 },
  { id: 'abc', quantity: -2, free: 'yes' },
  { id: 'abc', quantity: 2, kind: 'line' },
  { kind: 'a', a: 1 },
  { kind: 'b', b: 1 },
  { kind: 'c' },
  { one: 1, two: 'x' },
];

describe('zod as functions have it, beside zod as it is', () => {
  test.each(lean.names)('reads every value alike: %s', (name) => {
    for (const value of VALUES)
      expect(lean.read(name, value), JSON.stringify(value)).toEqual(whole.read(name, value));
  });

  test('gives a kind the methods of its own, and of no other', () => {
    expect(lean.methodsOf('trimmed')).toEqual(['max', 'optional']);
    expect(lean.methodsOf('named')).toEqual(['optional']);
    expect(lean.methodsOf('line')).toEqual(['extend', 'optional']);
  });

  test('is not bundled where zod makes its kinds in another way', () => {
    const changed = join(folder, 'changed');
    cpSync(ZOD, changed, { recursive: true });
    const file = join(changed, 'core/core.js');
    writeFileSync(file, readFileSync(file, 'utf8').replace('class Definition', 'class Other'));

    const bundling = () => leanZod(join(temporaryFolder('of-changed'), 'zod'), changed);

    expect(bundling).toThrow(DeployError);
    expect(bundling).toThrow('a function does not bundle: core/core.js of zod is another: it has not once');
  });
});
