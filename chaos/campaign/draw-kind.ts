import { drawFeedPlan } from '../plan/feed-plan.ts';
import { drawPlan, type Plan } from '../plan/plan.ts';
import type { WorldKind } from './task.ts';

/** Draws the plan of a world: the same kind, seed and hours, the same plan. */
export const drawKind = (kind: WorldKind, seed: string, hours: number): Plan =>
  kind === 'feed' ? drawFeedPlan(seed, hours) : drawPlan(seed, hours);
