import * as z from 'zod';
import { acknowledgement } from './acknowledgement.ts';
import { optionalText, text } from './fields.ts';
import { lazily } from './lazily.ts';
import {
  type Order,
  type OrderStatus,
  orderSchema,
  type PlatformName,
  platformNameSchema,
  REVIEW_REASONS,
} from './order.ts';
import { ORDER_STATUSES } from './order-words.ts';
import { type EpochMs, epochMs, optionalEpochMs } from './time.ts';

/** How an observation of an order reached us. */
export const ORIGINS = ['webhook', 'poll', 'reconcile', 'replay'] as const;
export const originSchema = lazily(() => z.enum(ORIGINS));
export type Origin = z.infer<ReturnType<typeof originSchema>>;

const count = lazily(() => z.int().min(1));

/** Reference to the bytes an order was made from; they are items of their own beside the row and expire. */
export const rawReference = lazily(() =>
  z.object({
    sha256: text(),
    bytes: z.int(),
    chunkCount: count(),
  }),
);
export type RawReference = z.infer<ReturnType<typeof rawReference>>;

/** Reference to the lines of an order that are items of their own beside the row. */
const linesReference = lazily(() =>
  z.object({
    /** Of the row that they were first written with. */
    revision: z.int(),
    /** Of the canonical JSON of all lines. */
    sha256: text(),
    lines: z.int(),
    chunkCount: count(),
  }),
);
export type LinesReference = z.infer<ReturnType<typeof linesReference>>;

/** Why the personal data of an order was erased for good. */
export const ERASURE_CAUSES = ['customer-request', 'store-request', 'operator'] as const;

export const erasure = lazily(() =>
  z.object({
    at: epochMs(),
    because: z.enum(ERASURE_CAUSES).catch('operator'),
    /** Correlation id of the request that asked for it. */
    request: text(),
  }),
);
export type Erasure = z.infer<ReturnType<typeof erasure>>;

/** What decides which of two observations is the newer one. */
const standing = lazily(() =>
  z.object({
    /** Epoch ms of the last change that the platform states, no later than the observation itself. */
    sourceTime: optionalEpochMs(),
    observedAt: epochMs(),
    status: z.enum(ORDER_STATUSES),
  }),
);
export type Standing = z.infer<ReturnType<typeof standing>>;

/**
 * A field that the observation behind the row left out. `said`: what it said of the field nevertheless, by name. `from`: the
 * newest older observation that tells it whole; absent while none does. `parts`: by name, newer ones that tell a part.
 */
const unsaidField = lazily(() =>
  z.object({
    said: z.array(text()),
    from: standing().optional(),
    parts: z.record(text(), standing()).optional(),
  }),
);
export type UnsaidField = z.infer<ReturnType<typeof unsaidField>>;

/** By which way, and when. */
const seen = lazily(() => z.object({ via: originSchema(), at: epochMs() }));

/**
 * One order as it is kept, without the keys of its item. Times are epoch ms, except `changedAt`, which is ISO text.
 *
 * `revision` rises with every write and guards against concurrent writers; `version` rises with every change of content,
 * and is what readers compare. `eventCount` rises with every change of content or state, and numbers the row's events.
 */
export const orderRowSchema = lazily(() => {
  const { personal, ...withoutPersonal } = orderSchema().shape;
  return z.object({
    platform: platformNameSchema(),
    storeId: text(),
    platformOrderId: text(),
    state: z.enum(['ok', 'needs-review']),
    review: z
      .object({
        reason: z.enum(REVIEW_REASONS).catch('schema-mismatch'),
        problem: text(),
        at: epochMs(),
        /** Since when a person has dealt with it elsewhere: it waits for nobody. */
        dismissedAt: optionalEpochMs(),
      })
      .optional(),
    changedAt: text(),
    order: z.object(withoutPersonal).optional(),
    personal: personal.optional(),
    /** The platform's time of the content; absent where the platform states none. */
    sourceTime: optionalEpochMs(),
    /** When the platform was asked for this content (fetch), or when its bytes reached us (push, poll). */
    observedAt: epochMs(),
    version: z.int().min(0),
    revision: count(),
    /** Rises with every change that readers are told of; absent in rows that were not changed since there is a feed. */
    eventCount: count().optional(),
    contentHash: optionalText(),
    /** The version of the normalisers that read the order; absent in rows of the first one. */
    reading: z.int().optional(),
    /** The platform adds to the order later what it does not have yet. */
    incomplete: z.literal(true).optional(),
    /** Epoch ms of our last question that the platform answered with this order, or one before it; of pushed orders. */
    answeredAt: optionalEpochMs(),
    /** By field of the order: what the observation behind the row left out. */
    unsaid: z.record(text(), unsaidField()).optional(),
    /** Absent where no bytes may be kept. */
    raw: rawReference().optional(),
    /** Where the table holds the lines that the row has no room for. Whoever reads the row through the storage has them in it. */
    linesAside: linesReference().optional(),
    /** Set for good once the personal data was erased: whatever is seen of the order later, none of it is kept. */
    erased: erasure().optional(),
    /** By client of the API. */
    acknowledgements: z.record(text(), acknowledgement()).optional(),
    /** ISO UTC: until when the merchant's system should have acknowledged the order. Absent where nobody waits for that. */
    acknowledgeBy: optionalText(),
    /** The client of the API that is waited for; any of them when absent. */
    acknowledgeClient: optionalText(),
    origin: z.object({
      first: seen(),
      last: seen(),
      /** From the platform's time of the last change to its row, in ms; absent without a platform time. */
      lagMs: z.number().optional(),
    }),
    correlationId: text(),
  });
});
export type OrderRow = z.infer<ReturnType<typeof orderRowSchema>>;

export interface OrderKey {
  platform: PlatformName;
  storeId: string;
  platformOrderId: string;
}

/** Of an order that was erased before it came nothing was seen: its row only keeps the person out. */
export const neverCame = ({ observedAt }: Pick<OrderRow, 'observedAt'>): boolean => observedAt === 0;

/** The whole order of a row, personal data included; `undefined` while the row only says what is wrong. */
export function orderOf(row: OrderRow): Order | undefined {
  return row.order === undefined ? undefined : { ...row.order, personal: row.personal ?? {} };
}

/** What merging has to know of a platform. */
export interface MergeRules {
  /**
   * `fetched`: we ask, and the later question has the newer answer. `pushed`: what reaches us may have been overtaken on
   * its way.
   */
  readonly truth: 'fetched' | 'pushed';
  /** Statuses that an order of the platform never leaves. */
  readonly finalStatuses: ReadonlySet<OrderStatus>;
}

/** Observations closer than this may be in either order, because instances' clocks differ (ms). */
export const AMBIGUOUS_MS = 2000;
/** Two contents with one platform time: by then the platform's second is over (s). */
const NEXT_SECOND = 3;
/**
 * An answer to a later question may state an earlier time of change: the part that changed last is gone from the order, or
 * a copy of the platform's data lags behind. It counts when it is still so after this long (s).
 */
const COPIES_AGREE = 60;
/** A platform's clock may be ahead of ours by this; a change further in the future did not happen (ms). */
const PLATFORM_AHEAD_MS = 60_000;

/** How far along its way a status is: decides between contents whose times say nothing. */
const RANK: Record<OrderStatus, number> = {
  unknown: 0,
  received: 1,
  confirmed: 2,
  ready: 3,
  dispatched: 4,
  delivered: 5,
  closed: 6,
  cancelled: 7,
};

/**
 * Where an order stands in time. A time of change beyond the observation is bounded by it: whatever an order says of the
 * future, it must not outdo what the platform says next.
 */
export function standingOf({ updatedAt, status }: Order, observedAt: EpochMs): Standing {
  const stated = updatedAt === undefined ? undefined : Date.parse(updatedAt);
  const sourceTime = stated !== undefined && stated > observedAt + PLATFORM_AHEAD_MS ? observedAt : stated;
  return { ...(sourceTime === undefined ? {} : { sourceTime }), observedAt, status };
}

export interface Decision {
  apply: boolean;
  lookAgainInSeconds?: number;
}

/**
 * Whether an observation is newer than what is known.
 *
 * @param next `asked`: it answers a question of ours; `reread`: what could not be read when it came, and was newer then
 * @param known `answeredAt`: epoch ms of our last question whose answer is known
 */
export function decide(
  known: Standing & { answeredAt?: number | undefined },
  next: Standing & { asked: boolean; reread: boolean },
  { truth, finalStatuses }: MergeRules,
): Decision {
  const fetched = truth === 'fetched';
  const apart = next.observedAt - known.observedAt;
  if (!fetched && next.asked && apart > 0) return { apply: true };
  // The answer to an earlier question of ours, which came again or late.
  if (!fetched && next.asked && !next.reread && next.observedAt < (known.answeredAt ?? 0))
    return { apply: false };
  // We asked after it had reached us, on any clock: whatever it claims, the answer knew better.
  if (!fetched && !next.asked && !next.reread && next.observedAt <= (known.answeredAt ?? 0) - AMBIGUOUS_MS)
    return { apply: false };
  if (finalStatuses.has(known.status) && next.status !== known.status) return { apply: false };
  // What is never left was the last word, whenever it was said.
  if (!fetched && finalStatuses.has(next.status) && next.status !== known.status) return { apply: true };
  if (
    next.sourceTime !== undefined &&
    known.sourceTime !== undefined &&
    next.sourceTime !== known.sourceTime
  ) {
    const later = next.sourceTime > known.sourceTime;
    // The answer to the later question states the later time, as it should.
    if (!fetched || apart === 0 || later === apart > 0) return { apply: later };
    return apart >= COPIES_AGREE * 1000
      ? { apply: true }
      : { apply: later, lookAgainInSeconds: COPIES_AGREE };
  }
  if (next.reread) return { apply: true };
  // What we asked for ourselves is a snapshot: the later question has the newer answer. What was pushed to us may have been
  // overtaken on its way, so a status further along wins before the time of arrival does.
  if (fetched) {
    return Math.abs(apart) < AMBIGUOUS_MS
      ? { apply: apart > 0, lookAgainInSeconds: NEXT_SECOND }
      : { apply: apart > 0 };
  }
  const further = RANK[next.status] - RANK[known.status];
  return { apply: further === 0 ? apart >= 0 : further > 0 };
}
