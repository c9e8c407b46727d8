import { PlatformError } from '../../../functions/http/errors.ts';
import {
  type CategoryMaker,
  ensureCategories,
  type WantedCategory,
} from '../../../functions/platforms/nuvemshop/categories.ts';
import type { Category } from '../../../functions/platforms/nuvemshop/client/images-and-categories.ts';
import type { Creation } from '../../../functions/storage/creations.ts';
import { movedClock } from '../../support/fakes.ts';

/** How a run ends at one of its awaits: nothing of it happens, all of it does, or the platform carries it out when it likes. */
export type Kill = 'before' | 'after' | 'late';

/** The platform holds a call that long in its own queue (ms). */
const HELD_MS = 20_000;
export const LEASE_MS = 150_000;

class Killed extends Error {}

/** A platform's tree of categories, our memory of it, and runs that can be killed at any of their awaits. */
export function categoryShop(seed: readonly Category[] = []) {
  const clock = movedClock();
  const tree: Category[] = [...seed];
  const made = new Map<string, Creation>();
  const lease = { holder: '', until: 0 };
  const calls: string[] = [];
  let held: { at: number; happen: () => void }[] = [];
  let runs = 0;
  /** What the next creations meet instead of an answer. */
  const faults: PlatformError[] = [];

  const settle = () => {
    for (const { happen } of held.filter(({ at }) => at <= clock.now())) happen();
    held = held.filter(({ at }) => at > clock.now());
  };
  const create = ({ name, parent }: { name: unknown; parent?: unknown }): Category => {
    const one = { id: String(900 + tree.length), name, parent: parent === null ? null : String(parent) };
    tree.push(one);
    return one;
  };

  /** @param kill at which await the run ends, counted from 0, and how */
  function makerOf(kill?: { at: number; how: Kill }, more: Partial<CategoryMaker> = {}): CategoryMaker {
    let awaits = 0;
    let dead = false;
    runs += 1;
    const step = async <T>(happen: () => T): Promise<T> => {
      await Promise.resolve();
      if (dead) throw new Killed();
      dead = kill?.at === awaits;
      awaits += 1;
      if (!dead) return happen();
      if (kill?.how === 'after') happen();
      if (kill?.how === 'late') held.push({ at: clock.now() + HELD_MS, happen });
      throw new Killed();
    };
    const keyOf = ({ parentId = 'top', name }: { parentId: string | undefined; name: string }) =>
      `${parentId}/${name}`;
    return {
      clock,
      owner: `run-${runs}`,
      leaseMs: LEASE_MS,
      language: 'es',
      api: {
        async *list() {
          calls.push('list');
          yield { items: await step(() => tree.map((one) => ({ ...one }))), unreadable: [] };
        },
        create: (body) => {
          calls.push('create');
          const fault = faults.shift();
          return step(() => {
            if (fault !== undefined) throw fault;
            return create(body);
          });
        },
      },
      made: {
        of: (place) => step(() => made.get(keyOf(place))),
        begin: (place, callUntil) =>
          step(() => {
            const known = made.get(keyOf(place));
            const isFree = known === undefined || !('callUntil' in known) || known.callUntil < clock.now();
            if (isFree) made.set(keyOf(place), { callUntil });
            return isFree;
          }),
        keep: (place, known) => step(() => void made.set(keyOf(place), known)),
        forget: (place) => step(() => void made.delete(keyOf(place))),
      },
      lease: {
        acquire: (owner, ms) =>
          step(() => {
            const isFree = lease.until < clock.now() || lease.holder === owner;
            if (isFree) Object.assign(lease, { holder: owner, until: clock.now() + ms });
            return isFree;
          }),
        release: (owner) => step(() => void (lease.holder === owner && Object.assign(lease, { until: 0 }))),
      },
      ...more,
    };
  }

  return {
    clock,
    tree,
    made,
    calls,
    faults,
    makerOf,
    create,
    settle,
    /** Has the platform carry out a call of which the caller hears nothing. */
    hold: (body: { name: unknown; parent?: unknown }) =>
      void held.push({ at: clock.now() + HELD_MS, happen: () => create(body) }),
    /** One run. True when it was killed. */
    async runs(wanted: readonly WantedCategory[], kill: { at: number; how: Kill }): Promise<boolean> {
      try {
        await ensureCategories(makerOf(kill), wanted);
        return false;
      } catch (error) {
        if (error instanceof Killed) return true;
        throw error;
      }
    },
    /** Asks again as it is told to, until all is there. */
    async untilReady(wanted: readonly WantedCategory[], more: Partial<CategoryMaker> = {}) {
      for (let round = 0; round < 50; round += 1) {
        const ensured = await ensureCategories(makerOf(undefined, more), wanted);
        if (ensured.outcome === 'ready') return ensured;
        clock.move(ensured.retryAfterMs);
        settle();
      }
      throw new Error('never ready');
    },
    /** Every category as its parent's id and its name: a double is there twice. */
    places: () => tree.map(({ parent, name }) => `${parent ?? 'top'}/${JSON.stringify(name)}`),
  };
}

export const unknownOutcome = () =>
  new PlatformError({
    platform: 'nuvemshop',
    operation: 'categories.create',
    kind: 'retry-later',
    outcomeUnknown: true,
  });
