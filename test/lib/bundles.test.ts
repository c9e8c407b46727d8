import { spawnSync } from 'node:child_process';
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
import { join, relative } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { AssetCode } from 'aws-cdk-lib/aws-lambda';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { channelsOf, type Merchant, stockOf } from '../../config/merchant.ts';
import type { Job } from '../../functions/runtime/environment.ts';
import { Bundles } from '../../lib/bundles/bundles.ts';
import { entryOf, functionName } from '../../lib/bundles/sources.ts';
import { DeployError } from '../../lib/deploy-error.ts';
import { jobsOf } from '../../lib/jobs.ts';
import { synthesize } from '../../lib/synthesize.ts';
import { demo, merchantWith, ROOT, resourcesOf, settings, stacksOf } from './assembly.ts';

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
    expect(assetsOf(first)).toHaveLength(17);
  });

  test('has the same bundles when it is made again elsewhere: the hash is of what is deployed', () => {
    const second = join(folder, 'second');
    const elsewhere = join(temporary, 'quite', 'another', 'place');
    mkdirSync(elsewhere, { recursive: true });
    vi.stubEnv('TMPDIR', elsewhere);
    vi.stubEnv('ACOPIO_BUNDLES', join(folder, 'none-kept'));
    synthesize({ merchant: demo, outdir: second, nag: false });
    vi.stubEnv('ACOPIO_BUNDLES', undefined);
    vi.stubEnv('TMPDIR', temporary);
    rmSync(join(temporary, 'quite'), { recursive: true });
    expect(assetsOf(second)).toEqual(assetsOf(first));
  });

  test('names no folder of the machine that made it', () => {
    for (const asset of assetsOf(first)) {
      const code = readFileSync(join(first, asset, 'index.js'), 'utf8');
      for (const path of [temporary, ROOT, tmpdir()]) expect(code.includes(path), asset).toBe(false);
    }
  });

  test('has maps of our own sources and of nothing else, small enough to be read at each start', () => {
    for (const asset of assetsOf(first)) {
      const text = readFileSync(join(first, asset, 'index.js.map'), 'utf8');
      const { sources, sourcesContent } = JSON.parse(text) as {
        sources: string[];
        sourcesContent?: string[];
      };
      expect(sources.length).toBeGreaterThan(20);
      expect(sources.filter((source) => !source.startsWith('functions/'))).toEqual([]);
      expect(sourcesContent).toBeUndefined();
      expect(text.length).toBeLessThan(200_000);
    }
  });

  test('lets a crash name the line of our own source', () => {
    const [asset = ''] = assetsOf(first);
    const bundle = join(first, asset, 'index.js');

    const { stderr } = spawnSync(process.execPath, [bundle], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH },
    });

    // Its environment is wrong, and it says so from where it reads it.
    const frames = [...stderr.matchAll(/^ {4}at .*?\(\S*?(functions\/\S+\.ts):(\d+):\d+\)$/gm)];
    expect(frames.map(([, file]) => file)).toEqual([
      'functions/runtime/environment.ts',
      'functions/runtime/handler.ts',
      expect.stringMatching(/^functions\/entry\/\w+\.lambda\.ts$/),
    ]);
    const [[, file = '', line = ''] = []] = frames;
    expect(readFileSync(join(ROOT, file), 'utf8').split('\n')[Number(line) - 1]).toContain('is wrong');
  });

  test('has none of the languages that zod speaks but one', () => {
    for (const asset of assetsOf(first)) {
      const code = readFileSync(join(first, asset, 'index.js'), 'utf8');
      expect(code.includes('Invalid input'), asset).toBe(true);
      expect(code.includes('Entrada inválida'), asset).toBe(false);
    }
  });

  test('has nothing of zod that only methods need which no function calls', () => {
    for (const asset of assetsOf(first)) {
      const code = readFileSync(join(first, asset, 'index.js'), 'utf8');
      // What reads an emoji, and what compiles a schema.
      for (const unused of ['Extended_Pictographic', 'newResult'])
        expect(code.includes(unused), `${asset} ${unused}`).toBe(false);
    }
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
      // What the API loads when it is first asked for lies beside it.
      const others = required.filter((name) => !builtin.includes(name.replace(/^node:/, '')));
      for (const name of others) expect(existsSync(join(first, asset, name)), `${asset} ${name}`).toBe(true);
      expect(others.every((name) => name.startsWith('./'))).toBe(true);
    }
  });

  test('leaves no temporary folder behind', () => {
    expect(readdirSync(temporary)).toEqual([]);
  });
});

/** Every bundle of a merchant as text, by the function's name. */
function bundlesOf(merchant: Merchant): Map<string, string> {
  const channels = channelsOf(merchant);
  const stock = stockOf(merchant);
  const bundles = new Bundles(channels, entryOf, stock);
  const stack = new Stack();
  const textOf = (name: string): string => {
    const code = bundles.codeOf(name, stack);
    if (!(code instanceof AssetCode)) throw new Error(`${name} is no asset`);
    return readFileSync(join(code.path, 'index.js'), 'utf8');
  };
  const names = channels.flatMap((channel) =>
    jobsOf(channel).map((job) => functionName(channel.platform.name, job)),
  );
  if (stock !== undefined) names.push('erp-track', 'erp-compare', 'erp-sweep', 'erp-api');
  const texts = names.map((name): [string, string] => [name, textOf(name)]);
  bundles.discard();
  return new Map(texts);
}

describe('a bundle', () => {
  const all = bundlesOf(demo);
  const one = bundlesOf(merchantWith({ platforms: { imotriz: demo.platforms.imotriz } }));

  test('is the same whatever other platforms the merchant has', () => {
    expect([...one.keys()]).toEqual(['imotriz-process', 'imotriz-reconcile', 'imotriz-poll']);
    for (const [name, code] of one) expect(all.get(name) === code, name).toBe(true);
  });

  test('holds the merchant’s settings of its platform', () => {
    for (const [name, code] of one) expect(code, name).toContain('co-main');
  });

  test('holds one platform and no other', () => {
    const names = channelsOf(demo).map(({ platform }) => platform.name);
    for (const [bundle, code] of all)
      expect(names.filter((name) => code.includes(`name:"${name}"`))).toEqual([bundle.replace(/-.*/, '')]);
  });

  test('of whoever counts or tells stock holds how the merchant counts it', () => {
    const counting = bundlesOf(merchantWith({ stock: { owner: 'warehouse-system' } }));

    const told = [...counting].filter(([, code]) => code.includes('warehouse-system'));

    expect(told.map(([name]) => name).sort()).toEqual([
      'erp-api',
      'erp-compare',
      'erp-sweep',
      'erp-track',
      'nuvemshop-tell',
      'pedidosya-tell',
    ]);
  });

  test('has room for a chain of 400 outlets, which the environment has not', () => {
    const [chain] = settings.pedidosya.chains;
    const stores = Array.from({ length: 400 }, (_, index) => ({
      storeId: `outlet-${index}`,
      ownCode: `own-code-${index}`,
      pickingMode: 'partner',
    }));
    const merchant = merchantWith({ platforms: { pedidosya: { chains: [{ ...chain, stores }] } } });
    const bundles = [...bundlesOf(merchant)];

    const holding = bundles.filter(([, code]) => code.includes('outlet-399')).map(([name]) => name);

    // A receiver knows its addresses only.
    const others = bundles.map(([name]) => name).filter((name) => name !== 'pedidosya-receive');
    expect(holding).toEqual(others);
    for (const { Properties } of resourcesOf(stacksOf(merchant), 'AWS::Lambda::Function'))
      expect(JSON.stringify(Properties.Environment).length).toBeLessThan(2000);
  });
});

describe('Bundles', () => {
  const channels = channelsOf(merchantWith({ platforms: { imotriz: demo.platforms.imotriz } }));
  const bundling = (pollEntry: string) => () =>
    new Bundles(channels, (job: Job) => (job === 'poll' ? pollEntry : entryOf(job))).codeOf(
      'imotriz-poll',
      new Stack(),
    );

  test('says in one line which source is missing', () => {
    expect(bundling('functions/moved.lambda.ts')).toThrow(
      new DeployError(
        'functions/moved.lambda.ts is missing, and a function is made from it. Restore the file.',
      ),
    );
  });

  test('says in one line where a source does not bundle', () => {
    const broken = join(folder, 'broken.lambda.ts');
    writeFileSync(broken, 'export const handlerFor = ;\n');
    expect(bundling(relative(ROOT, broken))).toThrow(DeployError);
    expect(bundling(relative(ROOT, broken))).toThrow(
      /^a function does not bundle: [^\n]*broken\.lambda\.ts:1:26: [^\n]*$/,
    );
  });

  test('says where a source calls something of zod that no bundle has', () => {
    const odd = join(folder, 'odd.lambda.ts');
    writeFileSync(
      odd,
      "import * as z from 'zod';\nexport const handlerFor = () => z.toJSONSchema(z.string());\n",
    );

    expect(bundling(relative(ROOT, odd))).toThrow(
      /^a function does not bundle: [^\n]*odd\.lambda\.ts: [^\n]*toJSONSchema/,
    );
  });

  test('leaves no bundles behind when it fails', () => {
    expect(bundling('functions/moved.lambda.ts')).toThrow();
    expect(readdirSync(temporary).filter((name) => name.startsWith('acopio-bundles'))).toEqual([]);
  });
});
