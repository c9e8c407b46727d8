import * as z from 'zod';
import { lazily } from '../lazily.ts';
import type { EpochMs } from '../time.ts';

/** How long a channel waits before it shows more. Seconds. */
export interface SettleRules {
  /** Without an order of the SKU. */
  readonly quietSeconds: number;
  /** However many orders come. */
  readonly atMostSeconds: number;
}

/** Since when a channel shows something else than it should, and when it is to be told (epoch ms). */
export const markSchema = lazily(() => z.object({ since: z.int(), dueAt: z.int() }));
export type Mark = Readonly<z.infer<ReturnType<typeof markSchema>>>;

/** What a platform refused is tried again after so long (ms). */
export const ASK_AGAIN_MS = 3_600_000;

/**
 * When a channel is to be told. Less at once; more once the SKU was quiet for a while, because an order that is on its way
 * would make it one too many.
 */
export function markFor(
  before: Mark | undefined,
  less: boolean,
  { now, lastOrderAt = 0 }: { now: EpochMs; lastOrderAt?: EpochMs | undefined },
  { quietSeconds, atMostSeconds }: SettleRules,
): Mark {
  const since = before?.since ?? now;
  if (less) return { since, dueAt: Math.min(before?.dueAt ?? now, now) };
  const quietAt = Math.max(since, lastOrderAt) + quietSeconds * 1000;
  return { since, dueAt: Math.min(quietAt, since + atMostSeconds * 1000) };
}
