import type { Simulator, SimWorld } from '../simulator.ts';
import type { PlacedOrder, SimulatedStore, StoreOrder } from '../simulator-module.ts';
import type { SeededRandom } from './seeded-random.ts';

/** What can happen to the orders of a platform. */
export interface Lifecycle<World> {
  /** Each step by its name. It throws when the order's state does not allow it. */
  readonly steps: Readonly<Record<string, (world: World, orderId: string) => unknown>>;
  place(world: World, storeId: string): string;
  newOrder(world: World, storeId: string, random: SeededRandom): PlacedOrder;
}

/** What a module adds to its lifecycle and simulator to make a store. */
export interface StoreParts<World extends SimWorld>
  extends Pick<
    SimulatedStore<World>,
    | 'storeId'
    | 'simulator'
    | 'secrets'
    | 'connect'
    | 'webhooks'
    | 'poll'
    | 'sell'
    | 'fillCatalogue'
    | 'troubles'
  > {
  simulator: Simulator<World>;
  lifecycle: Lifecycle<World>;
  /** Whether the table must hold this order. Default: every order. */
  required?: (truth: ReturnType<World['truth']>[number]) => boolean;
}

/** Makes one store of a simulated platform. */
export function createSimulatedStore<World extends SimWorld>(
  parts: StoreParts<World>,
): SimulatedStore<World> {
  const { lifecycle, required = () => true, ...store } = parts;
  const { storeId } = store;
  const { world } = store.simulator;
  return {
    ...store,
    truth: (orderId) =>
      world.truth(orderId).flatMap((truth): StoreOrder[] => {
        if (truth.storeId !== storeId) return [];
        const { orderId: id, json, changesAt } = truth;
        const later = changesAt === undefined ? {} : { changesAt };
        return [{ orderId: id, json: structuredClone(json), required: required(truth), ...later }];
      }),
    place: () => lifecycle.place(world, storeId),
    take(orderId, step) {
      const happen = lifecycle.steps[step];
      if (happen === undefined)
        throw new RangeError(
          `${store.simulator.name} knows no step '${step}', only ${Object.keys(lifecycle.steps).join(', ')}.`,
        );
      try {
        happen(world, orderId);
        return true;
      } catch {
        return false;
      }
    },
    newOrder: (random) => lifecycle.newOrder(world, storeId, random),
  };
}

/** An empty list of steps, and how to add some of them by chance (0 to 1). */
export function drawInto<Step extends string>(random: SeededRandom) {
  const steps: Step[] = [];
  return {
    steps,
    maybe(chance: number, ...more: Step[]): void {
      if (random.chance(chance)) steps.push(...more);
    },
  };
}

/** Every value, or the one under a key that is named and known. */
export function select<K, V>(values: ReadonlyMap<K, V>, key: K | undefined): V[] {
  if (key === undefined) return [...values.values()];
  const found = values.get(key);
  return found === undefined ? [] : [found];
}
