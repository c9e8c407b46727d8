import type { Resource } from '../domain/resource.ts';

/** One list of the platform that is read along time: an outlet's orders, or a store's by one of its times. Times in ms. */
export interface Scan {
  readonly name: string;
  /** What it lists; orders when absent. */
  readonly resource?: Resource;
  /** The outlet whose list it is, where each has its own. */
  readonly outletId?: string;
  /** Lower goes first: what changed lately before what is only looked over once a day. */
  readonly order: number;
  /** Time between two looks; 0 for every run. */
  readonly everyMs: number;
  /** How far each look goes back, whatever was compared before. */
  readonly lookbackMs: number;
  /** How far the very first look goes back. */
  readonly firstMs: number;
  /** How far back the platform lists anything. */
  readonly keptMs: number;
  /** The longest stretch that is listed at once. */
  readonly longestSliceMs: number;
  /** What happened less than this ago is left to live traffic, which is still at it. */
  readonly quietPeriodMs: number;
  /** The list knows no times: it is read as a whole or not at all. */
  readonly undivided?: true;
  /** What the platform needs to know to list it. */
  readonly query: Readonly<Record<string, string>>;
}
