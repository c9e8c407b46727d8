import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import {
  createEndpointAdmin,
  createEndpointLeases,
  listEndpoints,
} from '../../functions/storage/endpoints.ts';
import { endpointAsideKey, endpointKey } from '../../functions/storage/erp-keys.ts';
import { createSetAsideEvents, nameOf } from '../../functions/storage/set-aside.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const START = { epoch: 1_795_000_000, seq: 7 };
const URL = 'https://erp.example.com/';

function bench() {
  const clock = movedClock();
  return {
    clock,
    admin: createEndpointAdmin({ ...tables, clock }),
    leases: createEndpointLeases({ ...tables, clock }),
  };
}
/** What the table holds, as the client writes it. */
async function itemAt(Key: { pk: string; sk: string }) {
  const { Item } = await tables.client.send(new GetCommand({ TableName: tables.table, Key }));
  return Item;
}

describe('the stored item is pinned', () => {
  it('of an endpoint, as it is added', async () => {
    const { admin, clock } = bench();

    await admin.add({ id: 'pinned', url: URL, types: ['order.created'] }, START);

    expect(await itemAt(endpointKey('pinned'))).toEqual({
      pk: 'endpoints',
      sk: 'pinned',
      id: 'pinned',
      url: URL,
      types: ['order.created'],
      status: 'active',
      ...START,
      createdAt: clock.now(),
    });
  });

  it('of an endpoint that fails, while a run works on it', async () => {
    const { admin, leases, clock } = bench();
    const now = clock.now();
    await admin.add({ id: 'failing', url: URL }, START);
    await admin.redeliver('failing', ['1795000000-000000000000003']);
    const progress = {
      epoch: START.epoch,
      seq: 8,
      ahead: [10],
      failures: 1,
      failingSince: now,
      notBefore: now,
      lastFailure: 'HTTP 422',
      lastDeliveredAt: now,
    };

    await leases.acquire('failing', 'run-1', 60_000);
    await leases.save('failing', 'run-1', progress, { redelivered: [], ends: false });

    expect(await itemAt(endpointKey('failing'))).toEqual({
      pk: 'endpoints',
      sk: 'failing',
      id: 'failing',
      url: URL,
      status: 'active',
      ...START,
      ...progress,
      redeliver: new Set(['1795000000-000000000000003']),
      leaseOwner: 'run-1',
      leaseUntil: now + 60_000,
      createdAt: now,
    });
  });

  it('of an event that was set aside', async () => {
    const aside = createSetAsideEvents(tables.client, tables.table);
    const event = {
      seq: 3,
      id: 'shop:s:order:1:1795000000:1',
      type: 'order.created',
      at: '2026-11-22T12:00:00.000Z',
      key: 'shop:s:1',
      version: 1,
    } as const;
    const kept = { epoch: START.epoch, event, status: 422, setAsideAt: 1_795_000_500_000 };

    await aside.put('erp', kept);

    expect(await itemAt(endpointAsideKey('erp', nameOf(kept)))).toEqual({
      pk: 'endpoint-aside#erp',
      sk: '1795000000-000000000000003',
      ...kept,
      expiresAt: 1_795_000_500 + 90 * 24 * 3600,
    });
  });
});

describe('an endpoint', () => {
  it('is added once, listed, and removed once', async () => {
    const { admin } = bench();

    expect(await admin.add({ id: 'once', url: URL }, START)).toBe(true);
    expect(await admin.add({ id: 'once', url: 'https://other.example.com/' }, START)).toBe(false);
    expect((await listEndpoints(tables)).map(({ id }) => id)).toContain('once');
    expect(await admin.remove('once')).toBe(true);
    expect(await admin.remove('once')).toBe(false);
  });

  it('that is not there is changed by nobody, and not made by a change', async () => {
    const { admin, leases } = bench();

    const done = [
      await admin.pause('nobody'),
      await admin.resume('nobody'),
      await admin.move('nobody', START),
      await admin.redeliver('nobody', ['1-1']),
      await leases.acquire('nobody', 'run', 1_000),
    ];

    expect(done).toEqual([false, false, false, false, undefined]);
    expect(await admin.get('nobody')).toBeUndefined();
  });

  it('is written by nobody whose lease a person took away', async () => {
    const { admin, leases } = bench();
    await admin.add({ id: 'taken', url: URL }, START);
    await leases.acquire('taken', 'run', 60_000);

    await admin.pause('taken');
    const also = { redelivered: [], ends: true };
    const saved = await leases.save(
      'taken',
      'run',
      { epoch: START.epoch, seq: 99, ahead: [], failures: 0 },
      also,
    );
    const stopped = await leases.stop('taken', 'run', 'disabled', 'gone');

    expect([saved, stopped]).toEqual([undefined, false]);
    expect(await admin.get('taken')).toMatchObject({ seq: 7, status: 'paused', why: 'operator' });
  });

  it('is leased to one run of many, and to the next only once the lease is over on every clock', async () => {
    const { admin, leases, clock } = bench();
    await admin.add({ id: 'leased', url: URL }, START);

    const asked = await Promise.all(
      Array.from({ length: 8 }, (_, run) => leases.acquire('leased', `run-${run}`, 60_000)),
    );
    clock.move(60_500);
    const early = await leases.acquire('leased', 'later', 60_000);
    clock.move(1_000);
    const late = await leases.acquire('leased', 'later', 60_000);

    expect(asked.filter((one) => one !== undefined)).toHaveLength(1);
    expect(early).toBeUndefined();
    expect(late?.leaseOwner).toBe('later');
  });

  it('is leased to the run that asks again because the answer was lost', async () => {
    // Arrange
    const { admin, clock } = bench();
    await admin.add({ id: 'asked-again', url: URL }, START);
    const { client } = tables;
    const losing = {
      send: async (command: never) => {
        await client.send(command);
        return client.send(command);
      },
    };
    const leases = createEndpointLeases({ ...tables, client: losing as never, clock });

    // Act
    const endpoint = await leases.acquire('asked-again', 'run', 60_000);

    // Assert
    expect(endpoint).toMatchObject({ leaseOwner: 'run' });
  });
});
