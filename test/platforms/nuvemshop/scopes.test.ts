import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HttpMethod } from '../../../functions/http/transport.ts';
import { endpointsOf } from '../../../functions/platforms/nuvemshop/endpoints.ts';
import { reviewScopes, scopeOf } from '../../../functions/platforms/nuvemshop/scopes.ts';
import { apiRoutes } from '../../../local/platforms/nuvemshop/api-routes.ts';
import { scopeFindingsOf } from '../../../ops/doctor/store-findings.ts';
import { homologationDocument, leastScopes } from '../../guides/homologation.ts';

const withoutNames = (path: string): string => path.replaceAll(/\{\w+\}/g, '{}');
const ORDERS_ONLY = { catalogue: false, customers: false };
const USUAL = { catalogue: true, customers: false };
const namesOf = (list: readonly { scope: string }[]) => list.map(({ scope }) => scope).sort();

describe('the scopes that a configuration needs', () => {
  it('are the least: what comes with another one is not asked for', () => {
    expect(namesOf(leastScopes(ORDERS_ONLY))).toEqual(['write_locations', 'write_orders']);
    expect(namesOf(leastScopes(USUAL))).toEqual(['write_locations', 'write_orders', 'write_products']);
    expect(namesOf(leastScopes({ catalogue: true, customers: true }))).toContain('write_customers');
  });

  it('are required where something happens by itself, and of use where somebody asks', () => {
    const { missing } = reviewScopes(USUAL, ['write_orders', 'read_products']);

    expect(missing).toEqual([
      expect.objectContaining({ scope: 'write_products', required: false }),
      expect.objectContaining({ scope: 'write_locations', required: false }),
    ]);
    expect(reviewScopes(USUAL, ['read_orders']).missing).toContainEqual(
      expect.objectContaining({ scope: 'write_orders', required: true }),
    );
  });

  it.each([
    ['scripts', ['write_orders', 'write_products', 'write_locations', 'write_scripts'], ['write_scripts']],
    [
      'customers that are not mirrored',
      ['write_orders', 'write_products', 'write_locations', 'read_customers'],
      ['read_customers'],
    ],
    ['nothing', ['write_orders', 'read_orders', 'write_products', 'write_locations'], []],
  ])('leave no use for %s', (_, granted, surplus) => {
    expect(reviewScopes(USUAL, granted)).toEqual({ missing: [], surplus });
  });

  it('of a call are those that the simulated platform asks for', () => {
    const judged = apiRoutes.filter(({ scope }) => scope !== undefined);

    expect(
      judged.map(({ method, path }) => [
        `${method} ${path}`,
        scopeOf({ method: method as HttpMethod, path }),
      ]),
    ).toEqual(judged.map(({ method, path, scope }) => [`${method} ${path}`, scope]));
  });

  it('are left to the call itself by the simulated platform for nothing but metafields, the store and webhooks', () => {
    const left = apiRoutes.filter(({ scope }) => scope === undefined).map(({ path }) => path.split('/')[1]);

    expect([...new Set(left)].sort()).toEqual(['metafields', 'store', 'webhooks']);
  });

  it('are those of a route that the simulated platform has, for every endpoint of the table', () => {
    const simulated = new Set(apiRoutes.map(({ method, path }) => `${method} ${withoutNames(path)}`));

    expect(
      endpointsOf()
        .filter(({ path }) => !path.startsWith('/apps/'))
        .map(({ method, path }) => `${method} ${withoutNames(path)}`)
        .filter((endpoint) => !simulated.has(endpoint)),
    ).toEqual([]);
  });
});

describe('doctor', () => {
  it('is red for a scope that is needed, and says what fails and how to mend it', () => {
    const [finding] = scopeFindingsOf(
      'scopes',
      reviewScopes(USUAL, ['read_orders', 'write_products', 'write_locations']),
    );

    expect(finding).toMatchObject({
      level: 'red',
      why: expect.stringContaining('write_orders') as string,
      next: expect.stringContaining('installation link') as string,
    });
    expect(finding?.why).toContain('command cancel');
  });

  it('names scopes without need, and is green where all is as it should be', () => {
    const enough = ['write_orders', 'write_products', 'write_locations'];

    expect(scopeFindingsOf('scopes', reviewScopes(USUAL, [...enough, 'write_scripts']))).toMatchObject([
      { level: 'yellow', why: expect.stringContaining('write_scripts') as string },
    ]);
    expect(scopeFindingsOf('scopes', reviewScopes(USUAL, enough))).toMatchObject([{ level: 'green' }]);
  });
});

it('docs/homologation.md is up to date (npm run docs)', () => {
  const written = readFileSync(join(import.meta.dirname, '../../../docs/homologation.md'), 'utf8');

  expect(written).toBe(homologationDocument());
});
