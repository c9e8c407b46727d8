import { describe, expect, it } from 'vitest';
import type { OrderKey } from '../../../functions/domain/order-row.ts';
import { PlatformError } from '../../../functions/http/errors.ts';
import { type Dispatcher, dispatchCommands } from '../../../functions/outbound/commands/dispatch.ts';
import { eraseOrder } from '../../../functions/pipeline/privacy/erase.ts';
import type { CommandTable, PlatformCommand } from '../../../functions/platforms/commands.ts';
import { createCommandLeases } from '../../../functions/storage/command-leases.ts';
import { createCommandStore } from '../../../functions/storage/commands.ts';
import { createEmails } from '../../../functions/storage/emails.ts';
import { createOrderStore, createRawStore } from '../../../functions/storage/orders.ts';
import { rowOf } from '../../storage/samples.ts';
import { countingMetrics, keptLog, movedClock } from '../../support/fakes.ts';
import { localTables } from '../../support/local-tables.ts';

/** Stands in whatever the platform or the merchant's system says of the person. */
const PERSON = 'Invented Person';
const tables = localTables();
let orders = 0;

/** An order of a platform that quotes its person where it refuses, and a dispatcher for it. */
async function open({ refuses = true } = {}) {
  orders += 1;
  const clock = movedClock();
  const key: OrderKey = { platform: 'shop', storeId: 's', platformOrderId: `erased-${orders}` };
  const store = createOrderStore(tables.client, tables.table);
  const commands = createCommandStore({ ...tables, clock });
  const emails = createEmails(tables.client, tables.table);
  const raws = createRawStore({ ...tables, days: 90, now: clock.now });
  const log = keptLog();
  const calls: unknown[] = [];
  const changing: PlatformCommand = {
    call: 'POST /change',
    once: 'it is looked for',
    refusedWhen: [],
    twice: () => 'harmless',
    look: async () => ({ state: 'absent', step: 'change', fresh: undefined }),
    async run(_api, _target, input) {
      calls.push(input);
      await during();
      if (!refuses) return;
      const refusal = { platform: 'shop', operation: 'change', kind: 'refused', status: 422 } as const;
      throw new PlatformError({ ...refusal, said: `${PERSON} has no such parcel` });
    },
  };
  let during = async (): Promise<void> => {};
  let beforeWrite = async (): Promise<void> => {};
  const leases = createCommandLeases({ ...tables, clock });
  const dispatcher = {
    table: { ready: changing, note: changing } as unknown as CommandTable,
    commands,
    leases: {
      ...leases,
      write: async (...given: Parameters<typeof leases.write>) => {
        if (given[1].platformSays !== undefined) await beforeWrite();
        return leases.write(...given);
      },
    },
    hint: async () => {},
    orders: store,
    connection: {
      bucket: { take: async () => ({ granted: 1 }) },
      api: () => ({}),
      check: async () => ({ allowed: true, probe: false }),
      succeeded: async () => {},
      failed: async () => false,
    },
    platform: { name: 'shop', resources: { order: { truth: 'fetched' } } },
    store: { id: 's', settings: {} },
    metrics: countingMetrics(),
    log,
    clock,
    random: () => 0.5,
  } as unknown as Dispatcher;
  await store.put(rowOf(key.platformOrderId, { personal: { name: PERSON } }), 0);
  const give = (command: 'ready' | 'note', input: Record<string, unknown> = {}) =>
    commands.accept(key, {
      client: 'erp',
      id: `${command}-${orders}`,
      command,
      input,
      sha256: 'sha',
      giveUpAt: clock.now() + 3_600_000,
      correlationId: 'c',
    });
  return {
    calls,
    log,
    give,
    whileCalled: (work: () => Promise<unknown>) => {
      during = async () => void (await work());
    },
    beforeItIsWritten: (work: () => Promise<unknown>) => {
      beforeWrite = async () => void (await work());
    },
    erase: () =>
      eraseOrder({ orders: store, raws, commands, emails, clock }, key, {
        because: 'operator',
        request: 'c',
      }),
    run: () => dispatchCommands(dispatcher, key, { id: `run-${orders}`, timeLeftMs: () => 120_000 }),
    kept: () => commands.ofOrder(key),
  };
}

describe('a command for an order whose person was erased', () => {
  it('keeps nothing of what the platform says about it afterwards', async () => {
    const { give, erase, run, kept, calls } = await open();
    await give('ready');
    await erase();

    await run();

    expect(calls).toHaveLength(1);
    const [command] = await kept();
    expect(command).toMatchObject({ state: 'refused' });
    // Nothing of what the merchant's system said had to go.
    expect(command).not.toHaveProperty('erased');
    expect(JSON.stringify(await kept())).not.toContain(PERSON);
  });

  it('keeps nothing of it either when the person is erased while the platform answers', async () => {
    const { give, erase, run, kept, whileCalled, log } = await open();
    await give('ready');
    whileCalled(erase);

    await run();

    expect(await kept()).toMatchObject([{ state: 'refused' }]);
    expect(JSON.stringify([await kept(), log.lines])).not.toContain(PERSON);
  });

  it('keeps nothing of it either when the person is erased just before it is written', async () => {
    const { give, erase, run, kept, beforeItIsWritten } = await open();
    await give('ready');
    beforeItIsWritten(erase);

    await run();

    expect(await kept()).toMatchObject([{ state: 'refused' }]);
    expect(JSON.stringify(await kept())).not.toContain(PERSON);
  });

  it('is done when the platform answered its call before the erasure, and no person is asked', async () => {
    const { give, erase, run, kept, whileCalled } = await open({ refuses: false });
    await give('note', { text: `For ${PERSON}` });
    whileCalled(erase);

    await run();

    expect(await kept()).toMatchObject([{ state: 'done', seen: false, erased: true, input: {} }]);
    expect(JSON.stringify(await kept())).not.toContain(PERSON);
  });

  it('that came at the same moment, with words about the person, loses them and makes no call', async () => {
    const { give, erase, run, kept, calls } = await open();
    await erase();
    await give('note', { text: `For ${PERSON}` });

    await run();

    expect(calls).toEqual([]);
    expect(await kept()).toMatchObject([{ state: 'refused', erased: true, input: {}, sha256: '' }]);
    expect(JSON.stringify(await kept())).not.toContain(PERSON);
  });

  it('says in the platform’s words why it was refused as long as nobody is erased, and no log says it', async () => {
    const { give, run, kept, log } = await open();
    await give('ready');

    await run();

    expect(log.lines.length).toBeGreaterThan(0);
    expect(JSON.stringify(log.lines)).not.toContain(PERSON);

    expect(await kept()).toMatchObject([{ state: 'refused', platformSays: `${PERSON} has no such parcel` }]);
  });
});
