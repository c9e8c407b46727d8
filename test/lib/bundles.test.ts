import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { Bundles, ENTRIES } from '../../lib/bundles.ts';
import { DeployError } from '../../lib/deploy-error.ts';
import { synthesize } from '../../lib/synthesize.ts';
import { demo, ROOT } from './assembly.ts';

const assetsOf = (assembly: string): string[] =>
  readdirSync(assembly)
    .filter((name) => name.startsWith('asset.'))
    .sort();

const folder = mkdtempSync(join(tmpdir(), 'acopio-test-'));
const temporary = join(folder, 'tmp');
mkdirSync(temporary);
beforeAll(() => {
  vi.stubEnv('TMPDIR', temporary);
  return () => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  };
});

describe('the assembly of the demo', () => {
  const first = join(folder, 'first');
  beforeAll(() => {
    synthesize({ merchant: demo, outdir: first, nag: false });
  });

  test('has one bundle for each function', () => {
    expect(assetsOf(first)).toHaveLength(Object.keys(ENTRIES).length);
  });

  test('has the same bundles when it is made again: the hash is of what is deployed', () => {
    const second = join(folder, 'second');
    synthesize({ merchant: demo, outdir: second, nag: false });
    expect(assetsOf(second)).toEqual(assetsOf(first));
  });

  test('has bundles that are CommonJS wherever they lie, with all they need inside', () => {
    for (const asset of assetsOf(first)) {
      const code = readFileSync(join(first, asset, 'index.js'), 'utf8');
      expect(JSON.parse(readFileSync(join(first, asset, 'package.json'), 'utf8'))).toEqual({
        type: 'commonjs',
      });
      expect(code).toContain('handler');
      const required = [...code.matchAll(/(?<!\[)\brequire\("([^"]+)"\)/g)].map((match) => match[1] ?? '');
      const builtin = createRequire(import.meta.url)('node:module').builtinModules as string[];
      expect(required.filter((name) => !builtin.includes(name.replace(/^node:/, '')))).toEqual([]);
    }
  });

  test('leaves no temporary folder behind', () => {
    expect(readdirSync(temporary)).toEqual([]);
  });
});

describe('Bundles', () => {
  const bundling = (entry: string) => () =>
    new Bundles(['imotriz-poll'], { ...ENTRIES, 'imotriz-poll': entry }).codeOf('imotriz-poll', new Stack());

  test('says in one line which source is missing', () => {
    expect(bundling('functions/moved.lambda.ts')).toThrow(
      new DeployError(
        'functions/moved.lambda.ts is missing, and a function is made from it. Restore the file.',
      ),
    );
  });

  test('says in one line where a source does not bundle', () => {
    const broken = join(folder, 'broken.lambda.ts');
    writeFileSync(broken, 'export const handler = ;\n');
    expect(bundling(broken)).toThrow(DeployError);
    expect(bundling(broken)).toThrow(/^a function does not bundle: [^\n]*broken\.lambda\.ts:1:23: [^\n]*$/);
  });

  test('knows an existing source for every function', () => {
    for (const entry of Object.values(ENTRIES)) expect(existsSync(join(ROOT, entry)), entry).toBe(true);
  });
});
