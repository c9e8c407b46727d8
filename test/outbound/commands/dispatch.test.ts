import { describe, expect, it } from 'vitest';
import { createWorld } from './command-world.ts';

const HOUR_MS = 3_600_000;

describe('a call for a command', () => {
  it('is written down before it is made', async () => {
    const world = createWorld({ twice: 'harmful', steps: 2 });

    await world.run();

    expect(world.atCalls).toMatchObject([
      { state: 'running', calledAt: expect.any(Number), stepsSeen: [] },
      { state: 'running', calledAt: expect.any(Number), stepsSeen: [expect.any(String)] },
    ]);
    for (const command of world.atCalls) expect(command).not.toHaveProperty('callEndedAt');
  });
});

describe('a command', () => {
  it('calls nobody while the circuit is open, and waits for it', async () => {
    const world = createWorld({ twice: 'harmless', openMs: 5 * 60_000 });

    await world.run();
    const [looks, { dueAt = 0 }] = [world.looksMade, world.command];
    await world.finish();

    expect(looks).toBe(0);
    expect(dueAt - world.command.acceptedAt).toBe(5 * 60_000);
    expect(world.command).toMatchObject({ state: 'done', tries: 1 });
  });

  it('proves that the platform answers by its call, where its look asks nobody', async () => {
    const asking = createWorld({ twice: 'harmless' });
    const remembering = createWorld({ twice: 'harmless', remembers: true });

    await asking.run();
    await remembering.run();

    expect(asking.proofs).toEqual([0, 1]);
    expect(remembering.proofs).toEqual([1]);
  });

  it('whose call the credential may not make is refused, and leaves the orders of the store alone', async () => {
    const world = createWorld({ twice: 'harmful', calls: ['forbidden'] });

    await world.run();

    expect(world.command).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining('lacks a permission') as string,
    });
    expect(world.trips).toEqual([]);
  });

  it.each([
    ['whose call meets a credential that is not known', { calls: ['unauthorised'] }, 401],
    ['that may not even be looked for', { looks: ['forbidden'] }, 403],
  ] as const)('%s opens the circuit of the store, and waits', async (_, meets, status) => {
    const world = createWorld({ twice: 'harmful', ...meets });

    await world.run();
    const { state } = world.command;
    await world.finish();

    expect([world.trips, state]).toEqual([[status], 'accepted']);
    expect(world.command.state).toBe('done');
  });

  it('calls nobody once its time is over', async () => {
    const world = createWorld({ twice: 'harmless', termMs: HOUR_MS });
    world.clock.move(HOUR_MS);

    await world.run();

    expect(world.command.state).toBe('expired');
    expect(world.callsMade).toBe(0);
  });

  it('makes none of the calls that are left once its time is over, and says how far it came', async () => {
    const world = createWorld({ twice: 'harmful', steps: 3, looks: ['now', 'fails'], termMs: 10_000 });
    await world.run();
    world.clock.move(10_000);

    await world.run();

    expect(world.callsMade).toBe(1);
    expect(world.command).toMatchObject({
      state: 'expired',
      reason: expect.stringContaining('one call of it had its effect') as string,
    });
  });

  it('that waits is told of by one message, however many come meanwhile', async () => {
    const world = createWorld({ twice: 'harmless', openMs: 5 * 60_000 });

    for (let message = 0; message < 5; message += 1) await world.run();
    const told = world.hints.length;
    world.untilDue();
    await world.run();

    expect(told).toBe(1);
    expect(world.command.state).toBe('done');
  });

  it('counts one event when it ends, and none before', async () => {
    const world = createWorld({ twice: 'harmless', calls: ['lost'] });

    await world.run();

    expect(world.atCalls).toMatchObject([{ eventCount: 0 }]);
    expect(world.command).toMatchObject({ state: 'done', eventCount: 1 });
  });
});
