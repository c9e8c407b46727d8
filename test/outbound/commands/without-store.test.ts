import type { SQSEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { StoredCommandName } from '../../../functions/domain/command.ts';
import type { CommandSubject } from '../../../functions/domain/command-subject.ts';
import { createDispatchers, dispatchEvent } from '../../../functions/outbound/commands/dispatch-event.ts';
import { calling } from '../../../functions/outbound/commands/progress.ts';
import { hintOf } from '../../../functions/runtime/command-hints.ts';
import type { Command } from '../../../functions/storage/command-item.ts';
import { createCommandLeases } from '../../../functions/storage/command-leases.ts';
import { commandsAtWork } from '../../../functions/storage/command-work.ts';
import { createCommandStore } from '../../../functions/storage/commands.ts';
import { createOrderStore } from '../../../functions/storage/orders.ts';
import { rowOf } from '../../storage/samples.ts';
import { openSilent } from '../../support/bazaar/silent-account.ts';
import { localTables } from '../../support/local-tables.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Stands in what the merchant's system said of a person. */
const PERSON = 'Invented Person';
const tables = localTables();
let opened = 0;

/** A deployment with one store, and a command that is wanted for an hour, for another store that it has no more. */
async function open(name: StoredCommandName = 'cancel', input: Record<string, unknown> = {}) {
  opened += 1;
  const bed = await openSilent(tables, `there-${opened}`);
  const { platform } = bed.key('0');
  const store = { platform, storeId: `gone-${opened}` };
  const commands = createCommandStore({ ...tables, clock: bed.clock });
  const leases = createCommandLeases({ ...tables, clock: bed.clock });
  const key: CommandSubject =
    name === 'customer'
      ? { ...store, externalId: 'c-1' }
      : name === 'product'
        ? { ...store, externalProductId: 'p-1' }
        : { ...store, platformOrderId: '1' };
  const { command: given } = await commands.accept(key, {
    client: 'erp',
    id: `${name}-${opened}`,
    command: name,
    input,
    sha256: 'sha',
    giveUpAt: bed.clock.now() + HOUR_MS,
    correlationId: 'c-1',
  });
  const dispatchers = createDispatchers(bed.deployed, bed.runtime, () => 0.5);
  let runs = 0;
  return {
    clock: bed.clock,
    metrics: bed.metrics,
    key,
    given,
    /** Writes the command as a run of the store did when there was one. */
    write: async (command: Command) => {
      const lease = (await leases.take(key, 'before', MINUTE_MS))!;
      await leases.write(lease, command);
      await leases.release(lease, bed.clock.now());
    },
    async run() {
      runs += 1;
      const body = JSON.stringify({ v: 1, ...hintOf(key) });
      const event = { Records: [{ messageId: 'm', body }] } as SQSEvent;
      await dispatchEvent(dispatchers, event, { requestId: `run-${runs}`, remainingMs: () => 120_000 });
    },
    now: async () => (await commands.ofOrder(key))[0],
    /** When the sweep names it, if ever. */
    namedFrom: async () =>
      (await commandsAtWork(tables, platform, 'under-way', { limit: 1000 })).find(
        (place) => place.key.storeId === store.storeId,
      )?.at,
  };
}

describe('a command for a store that is not in the configuration', () => {
  it.each(['cancel', 'customer', 'product'] as const)(
    'expires once its time is over, and says what to do: %s',
    async (name) => {
      const { clock, run, now } = await open(name);
      clock.move(HOUR_MS);

      await run();

      expect(await now()).toMatchObject({
        state: 'expired',
        eventCount: 1,
        reason: expect.stringMatching(/not in the configuration any more.*put the store back/) as string,
      });
    },
  );

  it('waits until then, because the file may lack its store by mistake', async () => {
    const { clock, run, now, given } = await open();
    clock.move(HOUR_MS - 1);

    await run();

    expect(await now()).toEqual(given);
  });

  it('is named again ten minutes later, and at its end, so that the sweep names live orders first', async () => {
    const { clock, run, namedFrom, given } = await open();

    await run();
    const first = await namedFrom();
    clock.move(55 * MINUTE_MS);
    await run();

    expect(first).toBe(given.acceptedAt + 10 * MINUTE_MS);
    expect(await namedFrom()).toBe(given.giveUpAt);
  });

  it('counts as late while it waits', async () => {
    const { clock, run, metrics } = await open();
    clock.move(30 * MINUTE_MS);

    await run();

    expect(metrics.total('CommandAgeSeconds')).toBe(30 * 60);
  });

  it('is not named any more once it has ended', async () => {
    const { clock, run, namedFrom } = await open();
    clock.move(HOUR_MS);

    await run();

    expect(await namedFrom()).toBeUndefined();
  });

  it('is in doubt where its call was begun, because nobody can look any more', async () => {
    const { clock, run, now, given, write } = await open();
    await write(calling(given, { step: 'change' }, clock.now()));
    clock.move(HOUR_MS);

    await run();

    expect(await now()).toMatchObject({ state: 'in_doubt', eventCount: 1 });
  });

  it('that waits for a person goes on waiting', async () => {
    const { clock, run, now, given, write } = await open();
    await write({ ...given, state: 'in_doubt', eventCount: 1 });
    clock.move(HOUR_MS);

    await run();

    expect(await now()).toMatchObject({ state: 'in_doubt', eventCount: 1 });
  });

  it('keeps nothing of a customer when it ends', async () => {
    const { clock, run, now } = await open('customer', { name: PERSON, email: 'invented@example.com' });
    clock.move(HOUR_MS);

    await run();

    expect(await now()).toMatchObject({ state: 'expired', erased: true, input: {} });
  });

  it('keeps nothing of the person of an order that was erased while it was given', async () => {
    const { clock, run, now, key } = await open('note', { text: PERSON });
    const erased = { at: 1, because: 'operator', request: 'c-1' } as const;
    await createOrderStore(tables.client, tables.table).put(rowOf('1', { ...key, erased }), 0);
    clock.move(HOUR_MS);

    await run();

    expect(await now()).toMatchObject({ state: 'expired', erased: true, input: {} });
  });

  it('is left to a run that has it already', async () => {
    const { clock, run, now, key, given } = await open();
    await createCommandLeases({ ...tables, clock }).take(key, 'other', 2 * HOUR_MS);
    clock.move(HOUR_MS);

    await run();

    expect(await now()).toEqual(given);
  });
});
