import * as z from 'zod';
import { lazily } from './lazily.ts';
import { platformNameSchema, REVIEW_REASONS, type ReviewReason } from './order.ts';
import { erasure, originSchema, rawReference } from './order-row.ts';
import { epochMs } from './time.ts';

/**
 * What the row of a mirrored thing has, whatever it is of. Times are epoch ms, except `changedAt`, which is ISO text.
 *
 * `revision` rises with every write and guards against concurrent writers; `version` rises with every change of content and
 * when the thing goes or comes back. `eventCount` numbers the row's events.
 */
export const mirrorFields = lazily(() =>
  z.object({
    platform: platformNameSchema(),
    storeId: z.string(),
    state: z.enum(['ok', 'needs-review']),
    review: z
      .object({
        reason: z.enum(REVIEW_REASONS).catch('schema-mismatch'),
        problem: z.string(),
        at: epochMs(),
      })
      .optional(),
    changedAt: z.string(),
    /** What decides whether another content is newer. */
    content: z
      .object({
        hash: z.string(),
        /** The platform's own time of it, no later than its observation; where it states none, that. */
        at: epochMs(),
        observedAt: epochMs(),
      })
      .optional(),
    /** When the platform was last asked, whatever it said. */
    observedAt: epochMs(),
    /** When the platform was asked and had it no more; absent again once it has it. */
    removedAt: epochMs().optional(),
    version: z.int().min(0),
    revision: z.int().min(1),
    /** Absent while readers were told nothing. */
    eventCount: z.int().min(1).optional(),
    /** Kept while it needs review: what is understood is asked for again instead. */
    raw: rawReference().optional(),
    /** Of things that name a person: set for good once that was erased. Whatever is seen later, nothing of the person is kept. */
    erased: erasure().optional(),
    origin: z.object({
      first: z.object({ via: originSchema(), at: epochMs() }),
      last: z.object({ via: originSchema(), at: epochMs() }),
    }),
    correlationId: z.string(),
  }),
);
export type MirrorFields = z.infer<ReturnType<typeof mirrorFields>>;

/** A store and an id in it: what a key says, whatever a kind calls the id. */
export interface StoreId {
  platform: string;
  storeId: string;
  id: string;
}

/** What mirroring has to know of what a platform says. */
export interface Stated {
  /** The latest time of change that the platform states. */
  platformUpdatedAt?: string | undefined;
}

/** A row taken apart: what every row has, and what the platform said of the thing, as it was last understood. */
export type Mirrored<Said> = MirrorFields & { said?: Said };

/** One kind of thing that is mirrored: how its keys and rows are made. */
export interface MirrorKind<Key, Said extends Stated, Row> {
  /** What messages, logs and rows call it. */
  readonly resource: 'product' | 'customer';
  idOf(key: Key): string;
  keyOf(name: StoreId): Key;
  open(row: Row): Mirrored<Said>;
  close(key: Key, mirrored: Mirrored<Said>): Row;
  /** Of things that name a person: what stays once the platform has it no more, or the person was erased. */
  withoutPerson?(said: Said): Said;
}

/**
 * What a platform's room makes of one thing's JSON: what it says, or why not. `problem` names fields and types, never values.
 * `id`: whose JSON it is, where that could be read. `omitted`: fields that this answer never has; the row keeps what it knows.
 */
export type MirrorReading<Said> =
  | { ok: true; said: Said; omitted?: readonly (keyof Said)[] }
  | { ok: false; reason: ReviewReason; problem: string; id?: string };

/** When what is said of a thing was so. */
export type Content = NonNullable<MirrorFields['content']>;
