import { describe, expect, it } from 'vitest';
import type { OrderKey } from '../../functions/domain/order-row.ts';
import { resolved } from '../../functions/outbound/commands/by-a-person.ts';
import { ended } from '../../functions/outbound/commands/endings.ts';
import type { Command } from '../../functions/storage/command-item.ts';
import { createCommandLeases } from '../../functions/storage/command-leases.ts';
import { commandsAtWork } from '../../functions/storage/command-work.ts';
import { createCommandStore, type NewCommand } from '../../functions/storage/commands.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const LEASE_MS = 150_000;
let made = 0;

/** An order of a platform of its own, so that a test finds in the index what it put there. */
function open() {
  made += 1;
  const clock = movedClock();
  const platform = `shop${made}`;
  const key: OrderKey = { platform, storeId: 's', platformOrderId: 'o#1' };
  const commands = createCommandStore({ ...tables, clock });
  const leases = createCommandLeases({ ...tables, clock });
  const command = (id: string, changes: Partial<NewCommand> = {}): NewCommand => ({
    client: `erp-${made}`,
    id,
    command: 'note',
    input: { text: 'For Invented Person' },
    sha256: `sha-${id}`,
    giveUpAt: clock.now() + 7 * 24 * 3_600_000,
    correlationId: 'c-1',
    ...changes,
  });
  return {
    clock,
    key,
    commands,
    leases,
    command,
    client: `erp-${made}`,
    work: (kind: 'under-way' | 'in-doubt' | 'failed') =>
      commandsAtWork(tables, platform, kind, { limit: 10 }),
    /** Gives a command and takes the order's lease. */
    async leased(id = 'c') {
      const { command: accepted } = await commands.accept(key, command(id));
      const lease = await leases.take(key, 'run-1', LEASE_MS);
      return { accepted, lease: lease! };
    },
  };
}

describe('accepting commands', () => {
  it('gives those that come at the same time a place each, without a hole', async () => {
    const { commands, key, command } = open();
    const ids = Array.from({ length: 6 }, (_, index) => `c-${index}`);

    await Promise.all(ids.map((id) => commands.accept(key, command(id))));

    const kept = await commands.ofOrder(key);
    expect(kept.map(({ n }) => n)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(kept.map(({ id }) => id).toSorted()).toEqual(ids);
  });

  it('has a place for each of as many that come at once as the route takes', async () => {
    const { commands, key, command } = open();

    await Promise.all(Array.from({ length: 24 }, (_, n) => commands.accept(key, command(`burst-${n}`))));

    const numbers = (await commands.ofOrder(key)).map(({ n }) => n);
    expect(numbers).toEqual(Array.from({ length: 24 }, (_, n) => n + 1));
  });

  it('keeps the same id once, however often and wherever it comes', async () => {
    const { commands, key, command } = open();
    const other = { ...key, platformOrderId: 'another' };

    const answers = await Promise.all([
      commands.accept(key, command('same')),
      commands.accept(key, command('same')),
      commands.accept(other, command('same')),
    ]);

    const all = [...(await commands.ofOrder(key)), ...(await commands.ofOrder(other))];
    expect(all).toHaveLength(1);
    expect(answers.filter(({ known }) => known)).toHaveLength(2);
  });

  it('leaves two clients their own ids', async () => {
    const { commands, key, command } = open();

    await commands.accept(key, command('1'));
    const second = await commands.accept(key, command('1', { client: 'warehouse' }));

    expect(second).toMatchObject({ known: false, command: { n: 2 } });
  });

  it('lists the commands of one client by their ids, a page at a time', async () => {
    const { commands, key, command, client } = open();
    for (const id of ['b', 'a', 'c']) await commands.accept(key, command(id));

    const first = await commands.list(client, undefined, 2);
    const rest = await commands.list(client, 'b', 2);

    expect([first, rest].map((page) => page.map((one) => one.command.id))).toEqual([['a', 'b'], ['c']]);
    expect(first[0]?.key).toEqual(key);
  });
});

describe('the lease on the commands of an order', () => {
  it('is one run at a time', async () => {
    const { leases, key, leased } = open();
    await leased();

    expect(await leases.take(key, 'run-2', LEASE_MS)).toBeUndefined();
  });

  it('is asked for again by its own holder, whose answer was lost', async () => {
    const { leases, key, leased } = open();
    const { lease } = await leased();

    expect((await leases.take(key, 'run-1', LEASE_MS))?.fence).toBe(lease.fence + 1);
  });

  it('is nobody’s where the order has no command', async () => {
    const { leases, key } = open();

    expect(await leases.take(key, 'run-1', LEASE_MS)).toBeUndefined();
  });

  it('refuses the writes of whoever had it before', async () => {
    const { clock, leases, key, leased, commands } = open();
    const { lease: old, accepted } = await leased();
    clock.move(LEASE_MS + 2_000);
    const lease = await leases.take(key, 'run-2', LEASE_MS);
    await leases.write(lease!, { ...accepted, state: 'running' });

    const late = await leases.write(old, ended(accepted, 'done', clock.now()));

    expect(late).toBe(false);
    expect(await commands.get(key, 1)).toMatchObject({ state: 'running', fence: lease!.fence });
    expect(await leases.release(old, undefined)).toBeUndefined();
  });

  it('is not given back over a command that came meanwhile', async () => {
    const { leases, key, leased, commands, command, work } = open();
    const { lease } = await leased();
    await commands.accept(key, command('later'));

    const goesOn = await leases.release(lease, undefined);
    const released = typeof goesOn === 'object' && (await leases.release(goesOn, undefined));

    expect(goesOn).toMatchObject({ fence: lease.fence });
    expect(released).toBe('released');
    expect(await work('under-way')).toEqual([]);
  });

  it('is not had twice by whoever gave it back and did not hear so', async () => {
    const { leases, key, leased, commands, command } = open();
    const { lease } = await leased();
    await leases.release(lease, undefined);
    await commands.accept(key, command('later'));

    expect(await leases.release(lease, undefined)).toBeUndefined();
  });

  it('leaves behind when there is work again', async () => {
    const { clock, leases, leased, work, key } = open();
    const { lease } = await leased();

    await leases.release(lease, clock.now() + 60_000);

    expect(await work('under-way')).toEqual([{ key, at: clock.now() + 60_000 }]);
  });
});

describe('what waits for a person', () => {
  it('is found by its platform until the person has decided, and gives its order work then', async () => {
    const { clock, leases, leased, work, commands, client, key } = open();
    const { lease, accepted } = await leased();
    await leases.write(lease, ended(accepted, 'in_doubt', clock.now()));
    await leases.release(lease, undefined);
    const before = await work('in-doubt');
    const found = await commands.find(client, 'c');

    const done = await commands.resolve(found!, resolved(found!.command, 'done', clock.now() + 1));
    const twice = await commands.resolve(found!, resolved(found!.command, 'failed', clock.now() + 1));

    expect(before).toEqual([{ key, n: 1, at: clock.now() }]);
    expect([done, twice]).toEqual([true, false]);
    expect(await work('in-doubt')).toEqual([]);
    expect(await work('under-way')).toHaveLength(1);
  });
});

describe('erasing the person of an order', () => {
  const everything = (commands: Command[]) => JSON.stringify(commands);

  it('takes what may tell of one from every command, once and for all', async () => {
    const { commands, key, command } = open();
    await commands.accept(key, command('note'));
    await commands.accept(
      key,
      command('send', { command: 'dispatch', input: { code: 'Invented-Code', carrier: 'Invented Carrier' } }),
    );

    await commands.erase(key);
    await commands.erase(key);

    const kept = await commands.ofOrder(key);
    expect(everything(kept)).not.toMatch(/Invented Person|Invented-Code|sha-/);
    expect(kept).toMatchObject([
      { erased: true, input: {} },
      { erased: true, input: { carrier: 'Invented Carrier' } },
    ]);
  });

  it('is not undone by a run that had read the command before', async () => {
    const { clock, commands, key, leases, leased } = open();
    const { lease, accepted } = await leased();
    await commands.erase(key);

    const written = await leases.write(lease, ended(accepted, 'done', clock.now()));

    expect(written).toBe(false);
    expect(everything(await commands.ofOrder(key))).not.toContain('Invented');
  });

  it("is not undone by a person's decision about a command that was read before", async () => {
    const { clock, commands, key, leases, leased, client } = open();
    const { lease, accepted } = await leased();
    await leases.write(lease, ended(accepted, 'in_doubt', clock.now()));
    const found = (await commands.find(client, 'c'))!;
    await commands.erase(key);

    const decided = await commands.resolve(found, resolved(found.command, 'done', clock.now() + 1));
    const again = (await commands.find(client, 'c'))!;
    const anew = await commands.resolve(again, resolved(again.command, 'done', clock.now() + 1));

    expect([decided, anew]).toEqual([false, true]);
    expect(everything(await commands.ofOrder(key))).not.toContain('Invented');
  });
});
