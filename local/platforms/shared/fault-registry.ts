import type { Fault, Faults } from '../simulator.ts';
import type { SeededRandom } from './seeded-random.ts';

/** The call that a fault may hit. */
export interface FaultTarget {
  method: string;
  path: string;
  /** The route template, or an empty string when no route was hit. */
  route: string;
}

/** Faults as the server sees them. */
export interface FaultRegistry extends Faults {
  /** The fault that hits this call, if any; counts it. */
  draw(target: FaultTarget): Fault | undefined;
  /** The faults that are switched on. */
  active(): readonly Fault[];
}

/** Makes an empty registry; `random` decides about faults with a probability. */
export function createFaultRegistry(random: SeededRandom): FaultRegistry {
  const entries = new Set<{ fault: Fault; left: number }>();
  return {
    add(fault) {
      const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
      entries.add(entry);
      return () => entries.delete(entry);
    },
    clear: () => entries.clear(),
    draw(target) {
      for (const entry of entries) {
        if (!matches(entry.fault, target) || !random.chance(entry.fault.probability ?? 1)) continue;
        entry.left -= 1;
        if (entry.left <= 0) entries.delete(entry);
        return entry.fault;
      }
      return undefined;
    },
    active: () => [...entries].map((entry) => entry.fault),
  };
}

function matches({ match }: Fault, target: FaultTarget): boolean {
  if (match === undefined) return true;
  if (match.method !== undefined && match.method.toUpperCase() !== target.method) return false;
  const { path } = match;
  if (path === undefined) return true;
  if (typeof path === 'string') {
    return path === target.path || (path.startsWith('/') && target.route.endsWith(path));
  }
  // A global or sticky expression remembers where it stopped.
  path.lastIndex = 0;
  return path.test(target.path);
}
