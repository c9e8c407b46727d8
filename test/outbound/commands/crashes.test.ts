import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CallOutcome,
  createWorld,
  type LookOutcome,
  type World,
  type WorldOptions,
} from './command-world.ts';

const HARMFUL = { twice: 'harmful' } as const;
const HARMLESS = { twice: 'harmless' } as const;

/** Effects of one step that the buyer, the stock or the bill would notice. */
const most = ({ effects }: World): number =>
  Math.max(0, ...[0, 1, 2].map((step) => effects.filter((effect) => effect.step === step).length));

/** What "one effect" means, whatever happened. */
function expectOneEffect(world: World, { twice, steps = 1 }: WorldOptions): void {
  const { state, already, seen } = world.command;
  const stepsThere = new Set(world.effects.map(({ step }) => step)).size;
  if (twice === 'harmful') expect(most(world)).toBeLessThanOrEqual(1);
  if (state === 'done' && seen === false) expect(stepsThere).toBe(steps - 1);
  else if (state === 'done') expect(stepsThere).toBe(steps);
  else if (state === 'in_doubt') expect(twice === 'harmful' || steps > 1).toBe(true);
  else expect(['refused', 'failed', 'expired']).toContain(state);
  if (state !== 'done' && state !== 'in_doubt' && steps === 1) expect(stepsThere).toBe(0);
  // Nobody but us changes the order here.
  expect(already).toBeUndefined();
}

/** Points at which a run of such a world can be cut off. */
async function pointsOf(options: WorldOptions): Promise<number> {
  const world = createWorld(options);
  await world.run();
  return world.points;
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe.each<[string, WorldOptions]>([
  ['a command that harms when it is made twice', HARMFUL],
  ['a harmless command', HARMLESS],
  ['a command of several calls', { twice: 'harmful', steps: 3 }],
  ['a call whose answer is lost', { twice: 'harmful', calls: ['lost'] }],
  ['a call that the platform holds for 20 s', { twice: 'harmful', calls: ['held'] }],
  ['a harmless call that never arrives', { twice: 'harmless', calls: ['never'] }],
])('%s, cut off at any await', (_, options) => {
  it('has its effect once, or is in doubt', async () => {
    const points = await pointsOf(options);
    expect(points).toBeGreaterThan(20);

    for (const first of numbers(points)) {
      const world = createWorld(options);
      await world.run(first);
      await world.finish();
      expectOneEffect(world, options);
    }
  });

  it('has it also when the next run is cut off too', async () => {
    const points = await pointsOf(options);

    for (const first of numbers(points)) {
      // A third of them for each: together they come close to every pair.
      for (const second of numbers(points).filter((point) => point % 3 === first % 3)) {
        const world = createWorld(options);
        await world.run(first);
        world.untilDue();
        await world.run(second);
        await world.finish();
        expectOneEffect(world, options);
      }
    }
  });
});

describe('a run that is cut off', () => {
  it('before the call was written down makes the call in the next run', async () => {
    const world = createWorld(HARMFUL);
    // take, list, row, check, look: two points each.
    await world.run(11);

    await world.finish();

    expect(world.command.state).toBe('done');
    expect(world.effects).toHaveLength(1);
  });

  it('keeps other runs out until its lease is over', async () => {
    const world = createWorld(HARMFUL);
    await world.run(11);
    const before = world.points;

    world.clock.move(60_000);
    await world.run();

    expect(world.points - before).toBe(2);
  });
});

describe('whatever the platform answers', () => {
  const outcomes = fc.record({
    twice: fc.constantFrom('harmless' as const, 'harmful' as const),
    steps: fc.integer({ min: 1, max: 3 }),
    calls: fc.array(
      fc.constantFrom<CallOutcome>('done', 'unshown', 'lost', 'held', 'never', 'throttled', 'refused'),
      {
        maxLength: 6,
      },
    ),
    looks: fc.array(fc.constantFrom<LookOutcome>('now', 'late', 'fails', 'throttled'), { maxLength: 8 }),
  });
  const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 3 });

  it('a command has its effect once, or is in doubt, or had none', async () => {
    await fc.assert(
      fc.asyncProperty(outcomes, cuts, async (options, crashes) => {
        const world = createWorld(options);
        for (const crash of crashes) {
          await world.run(crash);
          world.untilDue();
        }
        await world.finish();
        expectOneEffect(world, options);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a success that the platform never shows', () => {
  it('counts as done, with an alarm, where it was the only call', async () => {
    const world = createWorld({ twice: 'harmful', calls: ['unshown'] });

    await world.run();
    await world.finish();

    expect(world.command).toMatchObject({ state: 'done', seen: false });
    expect(world.callsMade).toBe(1);
  });

  it('is asked of a person where it was one of several calls: the others were not made', async () => {
    const world = createWorld({ twice: 'harmless', steps: 3, calls: ['done', 'unshown'] });

    await world.run();
    await world.finish();

    expect(world.command.state).toBe('in_doubt');
    expect(world.callsMade).toBe(2);
  });
});
