import { circuitKey } from '../../functions/storage/control-keys.ts';
import type { CallRecord } from '../../local/platforms/simulator.ts';
import type { Attributes } from '../aws/expression.ts';
import { STORES } from '../plan/merchant.ts';

/** A call to a store's platform, by whom it was made, and how the store's circuit stood then. */
export interface SeenCall {
  record: CallRecord;
  /** Request id of the function that made it. */
  by: string;
  circuit: CircuitState;
}

/** Epoch ms from which on the circuit stood open, and from which on only a notice was to close it; absent when it did not. */
interface CircuitState {
  openSince?: number;
  suspendedSince?: number;
}

/** Follows the circuits by what is written into the table. */
export interface Circuits {
  wrote(key: Attributes, after: Attributes | undefined): void;
  /** @param store the store's name */
  of(store: string): CircuitState;
}

const NAME_OF: ReadonlyMap<string, string> = new Map(
  STORES.map(({ name, platform, store }) => [
    circuitKey({ platform: platform.name, storeId: store.id }).pk,
    name,
  ]),
);
const CIRCUIT_SK = circuitKey({ platform: '', storeId: '' }).sk;

export function createCircuits(now: () => number): Circuits {
  const states = new Map<string, CircuitState>();
  return {
    wrote({ pk, sk }, after) {
      const store = sk === CIRCUIT_SK ? NAME_OF.get(String(pk)) : undefined;
      if (store === undefined) return;
      const before = states.get(store) ?? {};
      if (after === undefined) states.delete(store);
      else
        states.set(store, {
          openSince: before.openSince ?? now(),
          ...(after.closedBy === 'notice' ? { suspendedSince: before.suspendedSince ?? now() } : {}),
        });
    },
    of: (store) => states.get(store) ?? {},
  };
}

const MINUTE = 60_000;
/** Calls already under way when the circuit opens may be refused too. */
const UNDER_WAY_MS = MINUTE;
/** Two probes are five minutes apart, less what clocks and slow services may take off. */
const APART_MS = 3 * MINUTE;
/** And an hour when only a notice is to end it. */
const APART_WHILE_SUSPENDED_MS = 55 * MINUTE;
/** A probe may need a token first, and makes its call once more with a secret read again. */
const MOST_CALLS_OF_A_PROBE = 4;
const REFUSALS: ReadonlySet<number> = new Set([401, 402, 403]);

/** True times at which a platform that refuses our credential was asked more often than by one probe at a time. */
export function callsWhilePaused(calls: readonly SeenCall[]): number[] {
  const found: number[] = [];
  let probes: SeenCall[] = [];
  for (const call of calls) {
    const { at, status, fault } = call.record;
    if (fault !== undefined) continue;
    if (!isLate(call.circuit.openSince, at)) probes = [];
    else if (REFUSALS.has(status)) {
      const others = probes.findLast(({ by }) => by !== call.by);
      const own = probes.filter(({ by }) => by === call.by).length;
      const apart = others === undefined ? Number.POSITIVE_INFINITY : at - others.record.at;
      const suspended = isLate(call.circuit.suspendedSince, others?.record.at ?? at);
      if (own >= MOST_CALLS_OF_A_PROBE || apart < (suspended ? APART_WHILE_SUSPENDED_MS : APART_MS))
        found.push(at);
      probes.push(call);
    }
  }
  return found;
}

const isLate = (since: number | undefined, at: number): boolean =>
  since !== undefined && at >= since + UNDER_WAY_MS;
