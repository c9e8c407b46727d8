import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../functions/http/errors.ts';
import { BACKFILL_MARGIN_MS, PROBE_EVERY_MS } from '../../functions/storage/circuit-breaker.ts';
import { openBazaar } from '../support/bazaar/bench.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();

function open(store: string) {
  const bed = openBazaar(tables, { stores: [store] });
  return { ...bed, connection: bed.context().connection };
}

describe('the circuit of a store', () => {
  const refusal = (change: Partial<ConstructorParameters<typeof PlatformError>[0]> = {}) =>
    new PlatformError({ platform: 'bazaar', operation: 'orders.get', kind: 'auth-failed', ...change });

  it('counts what a check finds: 0 while calls are made, 1 while none are, or one probes', async () => {
    const bed = open('counts');
    await bed.connection.check();
    const closed = bed.metrics.total('PlatformPaused');
    await bed.connection.failed(refusal({ status: 401 }), 'c');
    const opened = bed.metrics.total('PlatformPaused');

    await bed.connection.check();
    bed.clock.move(PROBE_EVERY_MS);
    expect(await bed.connection.check()).toEqual({ allowed: true, probe: true });

    expect([closed, opened, bed.metrics.total('PlatformPaused')]).toEqual([0, 1, 3]);
  });

  it('closes after a probe that succeeded, and asks for what was missed', async () => {
    const bed = open('closes');
    const openedAt = bed.clock.now();
    await bed.connection.failed(refusal({ status: 401 }), 'c');
    bed.clock.move(PROBE_EVERY_MS);
    await bed.connection.check();

    await bed.connection.succeeded();

    expect(await bed.connection.check()).toEqual({ allowed: true, probe: false });
    expect(await bed.backfill.read()).toMatchObject({ from: openedAt - BACKFILL_MARGIN_MS });
  });

  it.each(['retry-later', 'not-found', 'refused', 'invalid-response'] as const)(
    'stays closed after a call that is %s',
    async (kind) => {
      const bed = open(`closed-${kind}`);

      expect(await bed.connection.failed(refusal({ kind, status: 500 }), 'c')).toBe(false);
      expect(await bed.connection.failed(new Error('ours'), 'c')).toBe(false);

      expect(await bed.connection.check()).toEqual({ allowed: true, probe: false });
    },
  );

  it.each([
    [{ status: 401, remedy: 'Renew it.' }, 'orders.get was answered 401', 'Renew it.'],
    [{ status: 403 }, 'orders.get was answered 403', 'Replace the credential'],
    [{}, 'orders.get was refused', 'Replace the credential'],
  ] as const)(
    'opens for %j with cause and remedy, which a person is told',
    async (details, cause, remedy) => {
      const bed = open(`opens-${Object.values(details).length}`);

      expect(await bed.connection.failed(refusal(details), 'c-9')).toBe(true);

      const state = { cause, remedy: expect.stringContaining(remedy) as string };
      expect(await bed.context(bed.storeId, true).connection.check()).toMatchObject({
        allowed: false,
        state,
      });
      expect(bed.log.lines).toMatchObject([
        { level: 'error', message: 'platform is paused', fields: { ...state, correlationId: 'c-9' } },
      ]);
    },
  );

  it('is the store’s own', async () => {
    const bed = openBazaar(tables, { stores: ['mine', 'yours'] });
    await bed.context('mine').connection.failed(refusal({ status: 401 }), 'c');

    expect(await bed.context('yours').connection.check()).toEqual({ allowed: true, probe: false });
  });
});
