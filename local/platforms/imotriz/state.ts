import type { SeededRandom } from '../shared/seeded-random.ts';
import type { SimClock } from '../simulator.ts';
import type { ImotrizCountry } from './countries.ts';
import type { ImotrizPaths, ImotrizSimulatorOptions } from './options.ts';
import { recordOf, type Sale } from './record.ts';

/** Ways in which a whole page can be broken, after its orders were marked as read. */
export type BrokenEnvelope =
  | 'html'
  | 'data-missing'
  | 'data-object'
  | 'metadata-missing'
  | 'metadata-strings'
  | 'negative-pending'
  | 'more-than-30'
  | 'metadata-null'
  | 'pending-null'
  | 'bare-list'
  | 'no-content'
  | 'empty-body'
  | 'empty-list'
  | 'data-null'
  | 'data-empty-object';

/** Forms of a page that holds what it should, and of one that holds nothing. */
export const ODD_FULL: readonly BrokenEnvelope[] = [
  'data-object',
  'metadata-missing',
  'metadata-strings',
  'negative-pending',
  'metadata-null',
  'pending-null',
  'bare-list',
];
export const ODD_EMPTY: readonly BrokenEnvelope[] = [
  'no-content',
  'empty-body',
  'empty-list',
  'metadata-missing',
  'data-null',
  'data-empty-object',
];

/** Everything the simulated platform knows. */
export interface ImotrizState {
  options: ImotrizSimulatorOptions;
  clock: SimClock;
  random: SeededRandom;
  /** For what is odd, so that plain orders are the same with and without it. */
  oddRandom: SeededRandom;
  country: ImotrizCountry;
  storeId: string;
  paths: ImotrizPaths;
  idKey: string;
  token: string;
  /** Unix milliseconds; `null` while the merchant never set it. */
  syncFrom: number | null;
  /** By id, in order of creation. */
  sales: Map<number, Sale>;
  /** How the next pages are broken. */
  brokenPages: BrokenEnvelope[];
}

/** The record of a sale as the API gives it now. */
export function recordIn(state: ImotrizState, sale: Sale): object {
  return recordOf(sale, state.country, state.idKey);
}
