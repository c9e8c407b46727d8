import type { WorldResult } from '../world/run-world.ts';

/** What the worlds of a campaign are about. */
export type WorldKind = 'all' | 'feed';

/** A world to run: its plan is drawn from kind, seed and hours, and thinned out to `only` when that is given. */
export interface Task {
  id: number;
  kind: WorldKind;
  seed: string;
  hours: number;
  /** Parts of the plan to keep, such as `o3` (the fourth order), `o3.1` (its second step), `f0` (the first fault). */
  only?: readonly string[];
}

/** What a worker is started with. */
export interface WorkerStart {
  /** Name of the mutation to run under. */
  mutation?: string;
}

/** What became of a task; `seconds` is what its world took, on its thread. */
export type Answer =
  | { id: number; result: WorldResult; parts: string[]; seconds: number }
  | { id: number; error: string };
