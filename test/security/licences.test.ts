import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';

const ROOT = join(import.meta.dirname, '..', '..');
const json = (file: string): unknown => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
const lock = z
  .object({
    packages: z.record(
      z.string(),
      z.looseObject({
        license: z.string().optional(),
        dev: z.boolean().optional(),
        optional: z.boolean().optional(),
        integrity: z.string().optional(),
        inBundle: z.boolean().optional(),
      }),
    ),
  })
  .parse(json('package-lock.json'));
const packages = Object.entries(lock.packages).filter(([path]) => path !== '');

/** Licences that ask for no more than their notice. */
const PERMISSIVE = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
]);
/** Others, and why they do: by package, of what is used on a developer's machine only. */
const REASONED: Record<string, { licence: string; because: string }> = {
  'axe-core': {
    licence: 'MPL-2.0',
    because:
      "looks at the operator's page in tests, used unchanged: MPL asks for the source of changes to its own files",
  },
  lightningcss: {
    licence: 'MPL-2.0',
    because: 'a tool of the test runner, used unchanged: MPL asks for the source of changes to its own files',
  },
};

const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** The licence that a package itself declares; the lock file's word where it is not installed on this machine. */
function licenceOf(path: string, locked: string | undefined): string {
  const file = join(ROOT, path, 'package.json');
  if (!existsSync(file)) return locked ?? 'unknown';
  const { license, licenses } = z
    .looseObject({ license: z.unknown().optional(), licenses: z.array(z.unknown()).optional() })
    .parse(JSON.parse(readFileSync(file, 'utf8')));
  const one: unknown = license ?? licenses?.[0];
  const typed = z.object({ type: z.string() }).safeParse(one);
  return typeof one === 'string' ? one : typed.success ? typed.data.type : 'unknown';
}

/** Of a choice one has to do, of a sum all. */
function isPermissive(expression: string): boolean {
  const plain = expression.replace(/^\((.*)\)$/, '$1');
  if (plain.includes(' AND ')) return plain.split(' AND ').every(isPermissive);
  return plain.split(' OR ').some((one) => PERMISSIVE.has(one));
}

const found = packages.map(([path, { license, dev, optional }]) => ({
  name: nameOf(path),
  licence: licenceOf(path, license),
  dev: dev ?? false,
  optional: optional ?? false,
}));

describe('the licences of all that the lock file names', () => {
  it('are known', () => {
    expect(found.length).toBeGreaterThan(300);
    expect(found.filter(({ licence }) => licence === 'unknown')).toEqual([]);
  });

  it('are permissive for everything that ships in a function', () => {
    const shipped = found.filter(({ dev }) => !dev);

    expect(shipped.length).toBeGreaterThan(30);
    expect(shipped.filter(({ licence }) => !isPermissive(licence))).toEqual([]);
  });

  it('are permissive for everything that runs here, or named with the reason why they do', () => {
    const others = found.filter(({ licence }) => !isPermissive(licence));

    for (const { name, licence } of others) {
      const reasoned = REASONED[name.replace(/^(lightningcss)-.*$/, '$1')];
      expect(reasoned?.licence, `${name} is under ${licence}`).toBe(licence);
    }
  });

  it('need no reason that nothing needs', () => {
    for (const name of Object.keys(REASONED))
      expect(
        found.some((one) => one.name === name && !isPermissive(one.licence)),
        name,
      ).toBe(true);
  });
});

describe('what the lock file names', () => {
  it('is bound to its content: each package has a hash', () => {
    // What is in another package's own archive is bound by that one's hash.
    const unbound = packages.filter(([, { integrity, inBundle }]) => integrity === undefined && !inBundle);

    expect(unbound.map(([path]) => path)).toEqual([]);
  });

  it('runs nothing when it is installed', () => {
    expect(readFileSync(join(ROOT, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m);
  });

  it('is pinned: every direct dependency names one version', () => {
    const direct = z
      .object({
        dependencies: z.record(z.string(), z.string()),
        devDependencies: z.record(z.string(), z.string()),
        optionalDependencies: z.record(z.string(), z.string()),
      })
      .parse(json('package.json'));

    for (const [name, version] of Object.values(direct).flatMap((one) => Object.entries(one)))
      expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
  });
});
