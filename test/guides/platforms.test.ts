import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { platforms } from '../../functions/platforms/registry.ts';
import { CLIENT_METHODS } from '../platforms/client-methods.ts';
import { INSTALL_ROUTES, ROUTES } from '../support/routes.ts';
import { FACTS } from './facts.ts';
import { tableOf } from './reach.ts';
import { METHODS, simulatedRoute, testsOf, testsOfRoute } from './registry.ts';
import { GUIDES, keyOfRoute, methodNamed, platformsDocument } from './table.ts';
import { testNaming } from './titles.ts';

const ROWS = GUIDES.flatMap(([, asked]) => asked);
const titled = (rows: typeof ROWS) => rows.map((row) => [`${row.platform}: ${row.what}`, row] as const);

/** What is deployed to be called from outside. */
const FUNCTIONS = platforms().flatMap(({ name, webhook, oauth }) => [
  ...(webhook === undefined ? [] : [`${name}-receive`]),
  ...(oauth === undefined ? [] : [`${name}-install`]),
]);

describe('everything a guide asks for', () => {
  it.each(titled(ROWS))(
    '%s is answered by what there is, or left out for a reason',
    (_, { platform, by }) => {
      if ('leftOut' in by) expect(by.leftOut).toMatch(/^[A-Z].{10,}\.$/);
      else if ('passedOn' in by)
        expect(tableOf(platform).find(({ operation }) => operation === by.passedOn)?.through).toMatch(
          /^(read|write)$/,
        );
      else if ('route' in by) {
        expect(keyOfRoute(by.route)).not.toBe('');
        expect(FUNCTIONS).toContain(by.function);
        expect(testsOfRoute(keyOfRoute(by.route)), 'no test goes through it').not.toEqual([]);
      } else {
        expect(by.methods).not.toEqual([]);
        for (const name of by.methods) expect(methodNamed(platform, name), name).toBeDefined();
      }
    },
  );

  it('is told once', () => {
    const keys = ROWS.map(({ platform, what }) => `${platform} ${what}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('includes every route of ours', () => {
    const served = new Set(ROWS.flatMap(({ by }) => ('route' in by ? [by.route] : [])));
    expect([...served].sort()).toEqual([...Object.values(ROUTES), ...Object.values(INSTALL_ROUTES)].sort());
  });
});

describe('every method of a client', () => {
  it('is in the table, and every method in the table is real', () => {
    const real = [...CLIENT_METHODS, 'nuvemshop oauth.authorizeLink', 'pedidosya oauth.token'];
    const named = new Set(METHODS.map(({ platform, name }) => `${platform} ${name}`));
    expect([...named].sort()).toEqual(real.sort());
  });

  it.each(METHODS.map((method) => [`${method.platform} ${method.name}`, method] as const))(
    '%s calls a route that the simulated platform has, and tests call it there',
    (_, method) => {
      expect(simulatedRoute(method)).toBeDefined();
      expect(testsOf(method)).not.toEqual([]);
    },
  );
});

describe('every fact we rely on', () => {
  it.each(
    Object.values(FACTS)
      .flat()
      .map(({ fact, test }) => [fact, test] as const),
  )('%s is named by a test', (_, test) => {
    expect(testNaming(test), `no test has "${test}" in a title`).not.toEqual([]);
  });
});

it('docs/platforms.md is up to date (npm run docs)', () => {
  const written = readFileSync(join(import.meta.dirname, '../../docs/platforms.md'), 'utf8');
  expect(written).toBe(platformsDocument());
});
