import type { Unsaid } from './filling.ts';
import type { Normalised, Order, ReviewReason } from './order.ts';
import type { OrderKey, Origin, RawReference, Standing } from './order-row.ts';

/** One look at an order: what a platform said of it, or why that could not be understood. */
export interface Observation {
  key: OrderKey;
  reading: Understood | { review: { reason: ReviewReason; problem: string } };
  /** Epoch ms: when the platform was asked (fetch), or when its bytes reached us (push, poll). */
  observedAt: number;
  origin: Origin;
  /** It answers a question of ours about this order or this stretch of time; nobody can have sent it to us unasked. */
  asked?: boolean;
  correlationId: string;
  /** Absent when the bytes may not be kept. */
  raw?: RawReference;
}

/** An order that was understood. */
export type Understood = Pick<Extract<Normalised, { ok: true }>, 'order' | 'omitted' | 'incomplete'>;

/** What an observation says, and what it leaves out. */
export interface Said {
  order: Order;
  unsaid: Unsaid;
  standing: Standing;
  incomplete: boolean;
}
