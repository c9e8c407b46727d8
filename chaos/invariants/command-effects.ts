import type { OrderKey } from '../../functions/domain/order-row.ts';
import { orderPk } from '../../functions/storage/keys.ts';
import type { CallRecord, OrderEffect, Simulator } from '../../local/platforms/simulator.ts';
import type { SimStore } from '../plan/stores.ts';
import type { Report } from './violation.ts';

/** A command whose call was begun, by the table. */
export interface Begun {
  readonly key: OrderKey;
  readonly n: number;
}

/** A call that may change something at a platform. */
export interface WriteCall {
  /** Commands that stood in their calls when it came, by the partition of their order. */
  readonly owners: ReadonlyMap<string, Begun>;
  /** Request id of the function that made it. */
  readonly by: string;
  /** Which of all calls it is. */
  readonly nth: number;
  record: CallRecord | undefined;
  /** Its whole answer came to the function. */
  heard: boolean;
}

/** What came about at the platforms, and whose doing it was: the ground truth of every command. */
export interface CommandEffects {
  /** A call that may change something comes to its platform; the function that it gives hears that the platform is through with it. */
  arrived(store: SimStore, by: string, record: CallRecord | undefined): { over(): void; heard(): void };
  /** A call that only reads was answered. */
  read(store: SimStore): void;
  /** Something happens to an order in the panel. */
  panel<T>(store: SimStore, orderId: string, work: () => T): T;
  /** What calls for a command brought about. */
  of(pk: string, n: number): readonly OrderEffect[];
  callsOf(pk: string, n: number): readonly WriteCall[];
  /** Whether the panel touched the order from a time on (epoch ms). */
  touched(pk: string, since: number): boolean;
  /** Whether the platform was read after the last call for a command. */
  lookedAfter(pk: string, n: number): boolean;
  /** Every effect of one order that commands brought about. */
  ofOrder(pk: string): readonly OrderEffect[];
}

export interface EffectsOptions {
  now(): number;
  stores: readonly SimStore[];
  /** Commands in their calls, by the partition of their order. */
  begun(): ReadonlyMap<string, Begun>;
  /** Whether a function has an order to itself. @param by its request id */
  holds(pk: string, by: string): boolean;
  /** An order may be another one at its platform than it was. */
  changed(store: SimStore, orderId: string): void;
  report: Report;
}

export function createCommandEffects(options: EffectsOptions): CommandEffects {
  const { now, stores, begun, holds, changed, report } = options;
  const seen = new Map<Simulator, number>();
  const effects = new Map<string, OrderEffect[]>();
  const ofOrders = new Map<string, OrderEffect[]>();
  const calls = new Map<string, WriteCall[]>();
  const touches = new Map<string, number>();
  const reads = new Map<string, number>();
  let count = 0;
  const nameOf = (pk: string, n: number) => `${pk}#${n}`;

  /** Effects of a simulator that nobody looked at yet. */
  const fresh = ({ simulator }: SimStore): readonly OrderEffect[] => {
    const all = simulator.world.effects();
    const from = seen.get(simulator) ?? 0;
    seen.set(simulator, all.length);
    return all.slice(from);
  };
  /** An order stays in its store, and to ask for it prints the whole order. */
  const owners = new Map<Simulator, Map<string, SimStore>>();
  const storeOf = (store: SimStore, orderId: string): SimStore => {
    const { simulator } = store;
    const known = owners.get(simulator) ?? new Map<string, SimStore>();
    owners.set(simulator, known);
    const owner = known.get(orderId);
    if (owner !== undefined) return owner;
    const [truth] = simulator.world.truth(orderId);
    const found = stores.find((one) => one.simulator === simulator && one.storeId === truth?.storeId);
    if (found !== undefined) known.set(orderId, found);
    return found ?? store;
  };
  const pkOf = (store: SimStore, orderId: string): string => {
    const { platform, storeId } = storeOf(store, orderId);
    return orderPk({ platform: platform.name, storeId, platformOrderId: orderId });
  };
  const add = <T>(map: Map<string, T[]>, name: string, one: T) =>
    map.set(name, [...(map.get(name) ?? []), one]);

  function attribute(store: SimStore, effect: OrderEffect, owners: WriteCall['owners']): void {
    const pk = pkOf(store, effect.orderId);
    changed(storeOf(store, effect.orderId), effect.orderId);
    const owner = owners.get(pk);
    add(ofOrders, pk, effect);
    if (owner === undefined)
      report('effect-unwritten', `${effect.kind} of ${pk} came about, and no command of it was in its call`);
    else add(effects, nameOf(pk, owner.n), effect);
  }

  return {
    arrived(store, by, record) {
      count += 1;
      const owners = new Map(begun());
      const call: WriteCall = { owners, by, nth: count, record, heard: false };
      const named = [...owners].filter(([, { key }]) => isNamed(record, key));
      for (const [pk] of named)
        if (!holds(pk, by))
          report('two-dispatchers', `${by} called for ${pk}, which another run has to itself`);
      // A call that names no order may be for any that its function has to itself; those of stock and products are for none.
      const mayBe = [...owners].filter(
        ([pk, { key }]) => key.platform === store.platform.name && holds(pk, by),
      );
      for (const [pk, { n }] of named.length > 0 ? named : mayBe) add(calls, nameOf(pk, n), call);
      return {
        over() {
          for (const effect of fresh(store)) attribute(store, effect, owners);
          // A call may leave its mark on an order without any effect that counts, such as its time of change.
          for (const { key } of owners.values())
            if (key.platform === store.platform.name)
              changed(storeOf(store, key.platformOrderId), key.platformOrderId);
        },
        heard() {
          call.heard = true;
        },
      };
    },
    read(store) {
      count += 1;
      reads.set(store.platform.name, count);
    },
    panel(store, orderId, work) {
      for (const effect of fresh(store)) attribute(store, effect, begun());
      const result = work();
      fresh(store);
      touches.set(pkOf(store, orderId), now());
      return result;
    },
    of: (pk, n) => effects.get(nameOf(pk, n)) ?? [],
    ofOrder: (pk) => ofOrders.get(pk) ?? [],
    callsOf: (pk, n) => calls.get(nameOf(pk, n)) ?? [],
    touched: (pk, since) => (touches.get(pk) ?? Number.NEGATIVE_INFINITY) >= since,
    lookedAfter(pk, n) {
      const last = calls.get(nameOf(pk, n))?.at(-1);
      const platform = pk.slice(0, pk.indexOf('#'));
      return last === undefined || (reads.get(platform) ?? 0) > last.nth;
    },
  };
}

const isNamed = (record: CallRecord | undefined, { platformOrderId }: OrderKey): boolean =>
  record?.path.split('/').includes(platformOrderId) === true;
