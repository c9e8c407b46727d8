import { describe, expect, it } from 'vitest';
import { localTables } from '../../support/local-tables.ts';
import { openCustomerWorld, PERSON } from './customer-world.ts';

const tables = localTables();
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('what a customer is to be', () => {
  it('is brought about, and nothing of the person stays in the command', async () => {
    const world = openCustomerWorld(tables);
    await world.put();

    await world.run();

    expect(world.shown).toMatchObject([{ email: 'invented@example.com' }]);
    const [command] = await world.commands.ofOrder(world.key);
    expect(command).toMatchObject({ state: 'done', seen: true, erased: true });
    expect(JSON.stringify(command)).not.toMatch(PERSON);
    expect(await world.links.of(world.key)).toEqual(world.customerKey('1'));
  });

  it('is the same while it is under way, and is looked at alone once it is there', async () => {
    const world = openCustomerWorld(tables);

    expect(await world.put()).toMatchObject({ outcome: 'accepted' });
    expect(await world.put()).toMatchObject({ outcome: 'known' });
    await world.run();
    expect(await world.put()).toMatchObject({ outcome: 'accepted' });
    await world.run();

    expect(world.came).toEqual(['create']);
    expect(await world.commands.ofOrder(world.key)).toMatchObject([
      { state: 'done' },
      { state: 'done', already: true },
    ]);
  });

  it('is in the end what was said last, also under another e-mail address', async () => {
    const world = openCustomerWorld(tables);
    await world.put();
    await world.put({ email: 'invented@example.org' });

    await world.run();

    expect(world.shown).toMatchObject([{ id: '1', email: 'invented@example.org' }]);
    expect(world.came).toEqual(['create', 'update']);
  });

  it('is refused in the platform’s sense, with the field and without a word that quotes the person', async () => {
    const world = openCustomerWorld(tables, ['refused']);
    await world.put();

    await world.run();

    const [command] = await world.commands.ofOrder(world.key);
    expect(command).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining('It is about email') as string,
    });
    expect(JSON.stringify([command, world.log.lines])).not.toMatch(PERSON);
  });

  it('is not written to a customer that is another of the merchant’s system', async () => {
    const world = openCustomerWorld(tables);
    const other = { ...world.key, externalId: 'C-2' };
    await world.put();
    await world.run();

    await world.put({ name: 'Somebody Else' }, other);
    await world.run(undefined, other);

    expect(await world.commands.ofOrder(other)).toMatchObject([{ state: 'refused' }]);
    expect(world.shown).toMatchObject([{ name: 'Invented Person' }]);
  });
});

describe('a call of which nobody knows how it ended', () => {
  it('is looked for, and made once more where it would harm nobody', async () => {
    const world = openCustomerWorld(tables, ['never']);
    await world.put();

    await world.run();
    const done = await world.finish();

    expect(done).toMatchObject([{ state: 'done' }]);
    expect(world.shown).toHaveLength(1);
  });

  it('is seen where its answer alone was lost', async () => {
    const world = openCustomerWorld(tables, ['lost']);
    await world.put({ invite: true });

    await world.run();
    await world.finish();

    expect(world.came).toEqual(['create']);
    expect(world.mails()).toBe(1);
  });

  it('is made once more where it only changes whom an earlier one invited', async () => {
    const world = openCustomerWorld(tables, ['done', 'never']);
    await world.put({ invite: true });
    await world.run();
    await world.put({ invite: true, name: 'Invented Person Jr' });

    await world.run();
    const done = await world.finish();

    expect(done).toMatchObject([{ state: 'done' }, { state: 'done' }]);
    expect(world.came).toEqual(['create', 'update', 'update']);
    expect(world.mails()).toBe(1);
  });

  it('waits for a person where a second mail could go, and keeps nothing of the person', async () => {
    const world = openCustomerWorld(tables, ['never']);
    await world.put({ invite: true });

    await world.run();
    const done = await world.finish();

    expect(done).toMatchObject([{ state: 'in_doubt', erased: true }]);
    expect(JSON.stringify(done)).not.toMatch(PERSON);
    expect(world.came).toEqual(['create']);
  });
});

describe.each([
  ['a customer that is made', { invite: false }, []],
  ['a customer that is made and invited', { invite: true }, []],
  ['a customer whose answer is lost', { invite: true }, ['lost' as const]],
])('%s, cut off at any await', (_, input, calls) => {
  it('is there once with one mail, or in doubt; and no command keeps the person', async () => {
    const whole = openCustomerWorld(tables, [...calls]);
    await whole.put(input);
    await whole.run();
    expect(whole.points()).toBeGreaterThan(20);

    for (const point of numbers(whole.points())) {
      const world = openCustomerWorld(tables, [...calls]);
      await world.put(input);
      await world.run(point);
      const done = await world.finish();

      expect(world.shown.length, `cut at ${point}`).toBeLessThanOrEqual(1);
      expect(world.mails()).toBe(input.invite ? world.shown.length : 0);
      const states = input.invite ? ['done', 'in_doubt'] : ['done'];
      expect(states).toContain(done[0]?.state);
      if (done[0]?.state === 'done') expect(world.shown).toHaveLength(1);
      expect(JSON.stringify(done)).not.toMatch(PERSON);
    }
  }, 120_000);
});

describe('the erasure of a customer', () => {
  it('reaches what the merchant’s system has under way', async () => {
    const world = openCustomerWorld(tables);
    await world.put();
    await world.run();
    await world.put({ name: 'Invented Person Jr' });

    await world.erase('1');
    await world.run();

    expect(await world.commands.ofOrder(world.key)).toMatchObject([
      { state: 'done' },
      { state: 'refused', erased: true },
    ]);
    expect(world.came).toEqual(['create']);
    expect(JSON.stringify(await world.items())).not.toMatch(PERSON);
  });

  it.each(['take', 'link read', 'row', 'look', 'link', 'write'])(
    'leaves nothing of the person where it comes after the %s of a run',
    async (place) => {
      const world = openCustomerWorld(tables);
      world.shown.push({ id: '1', email: 'invented@example.com', name: 'Before' });
      await world.put();
      world.after(place, () => world.erase('1'));

      await world.run();
      await world.finish();

      expect(JSON.stringify(await world.items())).not.toMatch(PERSON);
      expect((await world.customers.get(world.customerKey('1')))?.erased).toBeDefined();
    },
  );

  it('holds for whom a look finds only then: nothing is sent, and nothing is kept', async () => {
    const world = openCustomerWorld(tables);
    world.shown.push({ id: '1', email: 'invented@example.com', name: 'Before' });
    await world.erase('1');
    await world.put();

    await world.run();

    expect(await world.commands.ofOrder(world.key)).toMatchObject([{ state: 'refused', erased: true }]);
    expect(world.came).toEqual([]);
    expect(JSON.stringify(await world.items())).not.toMatch(PERSON);
  });

  it('has what comes later refused, and nothing of it kept', async () => {
    const world = openCustomerWorld(tables);
    await world.put();
    await world.run();
    await world.erase('1');

    expect(await world.put({ name: 'Invented Person Jr' })).toMatchObject({ outcome: 'refused' });
    expect(JSON.stringify(await world.items())).not.toMatch(PERSON);
  });
});
