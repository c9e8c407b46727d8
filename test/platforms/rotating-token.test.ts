import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { openConnection, type StoreConnection } from '../../functions/platforms/connection.ts';
import { createLease } from '../../functions/storage/runs.ts';
import { openBazaar } from '../support/bazaar/bench.ts';
import type { BazaarClient } from '../support/bazaar/client.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const HOUR_MS = 3_600_000;

/** A store whose token ends in an hour, in any number of containers. */
function open(store: string) {
  const bed = openBazaar(tables, { stores: [store] });
  bed.shop.options.expiresIn = HOUR_MS / 1000;
  bed.setSecret({ ...bed.shop.grant(store), expiresAt: bed.clock.now() + HOUR_MS, note: 'kept' });
  const { id } = bed.shop.place(store);
  const container = (account = bed.account) => {
    const connection = openConnection(bed.platform, bed.store(), account) as StoreConnection<BazaarClient>;
    const api = connection.api({ correlationId: 'c', admit: async () => {} });
    return { connection, order: () => api.order(id) };
  };
  return { ...bed, container, refreshes: () => bed.shop.callsTo(/token/) };
}

describe('a rotating token', () => {
  it('is used as long as it is good, without a refresh', async () => {
    const bed = open('good');
    const { order } = bed.container();

    await order();
    bed.clock.move(HOUR_MS / 2);
    await order();

    expect(bed.refreshes()).toEqual([]);
  });

  it('is refreshed a moment before it ends, and what came is kept before it is used', async () => {
    const bed = open('ends');
    const { order } = bed.container();
    await order();
    bed.clock.move(HOUR_MS - 30_000);

    await order();

    const tokens = bed.shop.tokensOf('ends');
    expect(bed.refreshes()).toHaveLength(1);
    expect(bed.secretOf()).toEqual({ ...tokens, expiresAt: bed.clock.now() + HOUR_MS, note: 'kept' });
    expect(bed.shop.calls.at(-1)).toMatchObject({ token: tokens?.accessToken, status: 200 });
  });

  it('is refreshed once, however many containers find it ended at the same time', async () => {
    const bed = open('together');
    const containers = [1, 2, 3, 4].map(() => bed.container());
    bed.clock.move(HOUR_MS);

    await Promise.all(containers.map(({ order }) => order()));

    expect(bed.refreshes()).toHaveLength(1);
    expect(bed.shop.callsTo(/orders/).every(({ status }) => status === 200)).toBe(true);
  });

  it('is refreshed once for calls of one container that are refused at the same time', async () => {
    const bed = open('refused-together');
    const { order } = bed.container();
    await order();
    bed.shop.trouble(/orders/, { status: 401 }, { times: 3 });

    await Promise.all([order(), order(), order()]);

    expect(bed.refreshes()).toHaveLength(1);
  });

  it('is not refreshed when another container did so already', async () => {
    const bed = open('already');
    const [first, second] = [bed.container(), bed.container()];
    await first.order();
    await second.order();
    bed.shop.trouble(/orders/, { status: 401 });
    await first.order();

    await second.order();

    expect(bed.refreshes()).toHaveLength(1);
    expect(bed.shop.callsTo(/orders/).map(({ status }) => status)).toEqual([200, 200, 401, 200, 401, 200]);
  });

  it('that the platform refreshes no more opens the circuit, and says what the merchant does', async () => {
    const bed = open('dead');
    bed.shop.revoke('dead');
    const { connection, order } = bed.container();

    const error = await order().catch((thrown: unknown) => thrown);
    await connection.failed(error, 'c');

    expect(error).toMatchObject({ kind: 'auth-failed', operation: 'oauth.refresh', status: 400 });
    expect(await connection.check()).toMatchObject({
      allowed: false,
      state: { cause: 'oauth.refresh was answered 400', remedy: 'Open the installation link.' },
    });
  });

  it('without one to refresh with opens the circuit as well', async () => {
    const bed = open('none');
    bed.setSecret({ accessToken: 'of-old' });

    await expect(bed.container().order()).rejects.toMatchObject({ kind: 'auth-failed' });
    expect(bed.refreshes()).toEqual([]);
  });

  it('that came and could not be kept is not used; the next refresh is refused, and a person is needed', async () => {
    // Arrange: the container dies between the refresh and the secret.
    const bed = open('crash');
    const manager = new SecretsManagerClient({});
    const dying = new Proxy(manager, {
      get: (target, name) =>
        name === 'send'
          ? (command: { input: object }) =>
              'SecretString' in command.input
                ? Promise.reject(new Error('the container died'))
                : target.send(command as never)
          : Reflect.get(target, name),
    });
    const before = bed.secretOf();
    bed.clock.move(HOUR_MS);

    // Act
    const died = bed.container({ ...bed.account, secretsManager: dying }).order();
    await expect(died).rejects.toThrow('the container died');
    const next = bed.container().order();

    // Assert
    await expect(next).rejects.toMatchObject({
      kind: 'auth-failed',
      remedy: 'Open the installation link.',
    });
    expect(bed.secretOf()).toEqual(before);
    expect(bed.shop.callsTo(/orders/)).toEqual([]);
  });

  it('is waited for while another container refreshes it, and not for ever', async () => {
    const bed = open('stuck');
    const lease = createLease({
      ...tables,
      name: { job: 'token', platform: 'bazaar', storeId: 'stuck' },
      clock: bed.clock,
    });
    bed.clock.move(HOUR_MS);
    await lease.acquire('a container that hangs', 24 * HOUR_MS);
    const began = bed.clock.now();

    await expect(bed.container().order()).rejects.toMatchObject({ kind: 'retry-later' });

    expect(bed.clock.now() - began).toBeGreaterThanOrEqual(30_000);
    expect(bed.clock.now() - began).toBeLessThan(40_000);
    expect(bed.refreshes()).toEqual([]);
  });

  it('is refreshed by the next container after one died with the lease', async () => {
    const bed = open('lease-lost');
    const lease = createLease({
      ...tables,
      name: { job: 'token', platform: 'bazaar', storeId: 'lease-lost' },
      clock: bed.clock,
    });
    bed.clock.move(HOUR_MS);
    await lease.acquire('a container that died', 10_000);

    await bed.container().order();

    expect(bed.refreshes()).toHaveLength(1);
  });

  it('that is kept is used, also when the lease could not be given back', async () => {
    // Arrange: the table takes nothing any more once the lease is held.
    const bed = open('no-release');
    bed.clock.move(HOUR_MS);
    const dynamo = new Proxy(bed.account.dynamo, {
      get: (target, name) =>
        name === 'send'
          ? (command: { constructor: { name: string } }) =>
              command.constructor.name === 'DeleteCommand'
                ? Promise.reject(new Error('the table is not available'))
                : target.send(command as never)
          : Reflect.get(target, name),
    });

    // Act
    await bed.container({ ...bed.account, dynamo }).order();

    // Assert
    expect(bed.refreshes()).toHaveLength(1);
    expect(bed.shop.calls.at(-1)?.status).toBe(200);
  });

  it('is none of a platform that rotates none', () => {
    const bed = open('fixed');
    const { rotation: _, ...oauth } = bed.platform.oauth!;
    const platform = { ...bed.platform, oauth };

    expect(() =>
      openConnection(platform, bed.store(), bed.account).api({ correlationId: 'c', admit: async () => {} }),
    ).toThrow('rotates no tokens');
  });
});
