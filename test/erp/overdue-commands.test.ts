import { describe, expect, it } from 'vitest';
import { type CommandSubject, isOrder } from '../../functions/domain/command-subject.ts';
import type { OrderKey } from '../../functions/domain/order-row.ts';
import { sweepCommands } from '../../functions/erp/overdue-commands.ts';
import { PlatformError } from '../../functions/http/errors.ts';
import { acceptCommand } from '../../functions/outbound/commands/accept.ts';
import { type Dispatcher, dispatchCommands } from '../../functions/outbound/commands/dispatch.ts';
import type { CommandTable, PlatformCommand } from '../../functions/platforms/commands.ts';
import { createCommandLeases } from '../../functions/storage/command-leases.ts';
import { createCommandStore } from '../../functions/storage/commands.ts';
import { createOrderStore } from '../../functions/storage/orders.ts';
import { rowOf } from '../storage/samples.ts';
import { countingMetrics, keptLog, movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const MINUTE_MS = 60_000;

/** A platform whose every third call is never heard of again, and where every message of ours but the sweep's is lost. */
function open() {
  const clock = movedClock();
  const commands = createCommandStore({ ...tables, clock });
  const orders = createOrderStore(tables.client, tables.table);
  const done = new Set<string>();
  let calls = 0;
  const command: PlatformCommand = {
    call: 'POST /change',
    once: 'it is looked for',
    refusedWhen: [],
    twice: () => 'harmless',
    look: async (_, { orderId }) =>
      done.has(orderId) ? { state: 'there' } : { state: 'absent', step: 'change', fresh: undefined },
    async run(_, { orderId }) {
      calls += 1;
      if (calls % 3 === 0)
        throw new PlatformError({
          platform: 'shop',
          operation: 'change',
          kind: 'retry-later',
          outcomeUnknown: true,
        });
      done.add(orderId);
    },
  };
  const table = { close: command } as unknown as CommandTable;
  const metrics = countingMetrics();
  const log = keptLog();
  const lost = async () => {
    throw new Error('the queue does not answer');
  };
  const dispatcher = {
    table,
    commands,
    leases: createCommandLeases({ ...tables, clock }),
    hint: lost,
    orders,
    connection: {
      bucket: { take: async () => ({ granted: 1 }) },
      api: () => ({}),
      check: async () => ({ allowed: true, probe: false }),
      succeeded: async () => {},
      failed: async () => false,
    },
    platform: { name: 'shop', resources: { order: { truth: 'fetched' } } },
    store: { id: 's', settings: {} },
    metrics,
    log,
    clock,
    random: () => 0.5,
  } as unknown as Dispatcher;
  let runs = 0;
  const run = (key: OrderKey) => {
    runs += 1;
    return dispatchCommands(dispatcher, key, { id: `run-${runs}`, timeLeftMs: () => 120_000 });
  };
  return { clock, commands, orders, table, metrics, log, done, run, lost };
}

describe('the sweep', () => {
  it('brings every command to its end, though every other message is lost', async () => {
    // Arrange
    const { clock, commands, orders, table, metrics, log, done, run, lost } = open();
    const keys = Array.from({ length: 12 }, (_, n) => ({
      platform: 'shop',
      storeId: 's',
      platformOrderId: `o-${n}`,
    }));
    const acceptor = { orders, commands, tableOf: async () => table, hint: lost, clock, log };
    for (const key of keys) {
      await orders.put(rowOf(key.platformOrderId), 0);
      const given = {
        client: 'erp',
        id: key.platformOrderId,
        key,
        command: 'close',
        input: {},
        correlationId: 'c',
      } as const;
      expect((await acceptCommand(acceptor, given)).outcome).toBe('accepted');
    }

    // Act
    for (let minute = 0; minute < 10; minute += 1) {
      clock.move(MINUTE_MS);
      await sweepCommands({
        ...tables,
        ordersTable: tables.table,
        platforms: ['shop'],
        hint: run,
        clock,
        metrics,
        log,
      });
    }

    // Assert
    const states = await Promise.all(
      keys.map(async (key) => (await commands.ofOrder(key)).map(({ state }) => state)),
    );
    expect(states).toEqual(keys.map(() => ['done']));
    expect(done.size).toBe(keys.length);
  });

  it('says how long the oldest has waited, and how many are in doubt', async () => {
    const { clock, commands, orders, metrics, log, table, lost } = open();
    const key = { platform: 'late', storeId: 's', platformOrderId: 'o' };
    await orders.put(rowOf('o', { platform: 'late' }), 0);
    const acceptor = { orders, commands, tableOf: async () => table, hint: lost, clock, log };
    await acceptCommand(acceptor, {
      client: 'erp',
      id: 'late',
      key,
      command: 'close',
      input: {},
      correlationId: 'c',
    });
    const told: CommandSubject[] = [];
    const hint = async (one: CommandSubject) => void told.push(one);
    const sweep = () =>
      sweepCommands({ ...tables, ordersTable: tables.table, platforms: ['late'], hint, clock, metrics, log });

    await sweep();
    clock.move(20 * MINUTE_MS);
    await sweep();

    expect(told).toEqual([key]);
    expect(metrics.total('CommandAgeSeconds')).toBe(20 * 60);
    expect(metrics.seen('CommandInDoubt')).toBe(true);
  });

  it('tells of a customer of the merchant’s system as it tells of an order', async () => {
    const { clock, commands, metrics, log } = open();
    const key = { platform: 'written', storeId: 's', externalId: 'C-1' };
    await commands.accept(key, {
      client: 'written',
      id: 'customer~1',
      command: 'customer',
      input: {},
      sha256: 'sha',
      giveUpAt: clock.now() + 3_600_000,
      correlationId: 'c',
    });
    clock.move(MINUTE_MS);
    const told: CommandSubject[] = [];

    await sweepCommands({
      ...tables,
      ordersTable: tables.table,
      platforms: ['written'],
      hint: async (one) => void told.push(one),
      clock,
      metrics,
      log,
    });

    expect(told).toEqual([key]);
  });

  it('tells of every order that it can, of every platform, whichever it cannot tell of', async () => {
    // Arrange
    const { clock, commands, metrics, log } = open();
    const names = Array.from({ length: 20 }, (_, n) => `told-${n}`);
    for (const platform of ['first', 'second'])
      for (const name of names) {
        clock.move(1);
        await commands.accept(
          { platform, storeId: 's', platformOrderId: name },
          {
            client: platform,
            id: name,
            command: 'close',
            input: {},
            sha256: 'sha',
            giveUpAt: clock.now() + 3_600_000,
            correlationId: 'c',
          },
        );
      }
    clock.move(MINUTE_MS);
    const told: OrderKey[] = [];

    // Act
    const sweep = sweepCommands({
      ...tables,
      ordersTable: tables.table,
      platforms: ['first', 'second'],
      // The last one comes behind more of them than are told of at the same time.
      hint: async (key) => {
        if (!isOrder(key)) throw new Error('nobody wrote a customer');
        if (key.platform === 'first' && key.platformOrderId !== 'told-19')
          throw new Error('InvalidMessageContents');
        told.push(key);
      },
      clock,
      metrics,
      log,
    });

    // Assert
    await expect(sweep).rejects.toThrow('InvalidMessageContents');
    expect(told.filter(({ platform }) => platform === 'first')).toHaveLength(1);
    expect(told.filter(({ platform }) => platform === 'second')).toHaveLength(names.length);
  });
});
