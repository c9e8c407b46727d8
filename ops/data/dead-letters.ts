import { parseItemName } from '../../functions/domain/item-name.ts';
import type { PlatformName } from '../../functions/domain/order.ts';
import { isoTime } from '../../functions/domain/time.ts';
import type { DeadLetterMessage } from '../../functions/pipeline/replay/dead-letters.ts';
import type { OperatorContext } from '../context.ts';

/**
 * How an order stands that a dead-letter message names. `missing`: no row, the message may be all there is of it. `newer`: its
 * row was written after the message came, so that it may be done already. `older`: nothing was written since.
 */
export interface NamedOrder {
  order: string;
  row: 'missing' | 'newer' | 'older' | 'unknown';
  /** Its last write. */
  writtenAt?: string;
  /** Why the row needs review. */
  review?: { reason: string; problem: string };
}

/** A dead-letter message of a platform, without its payload. */
export type DeadLetterView = { platform: PlatformName } & DeadLetterMessage & { standing: NamedOrder[] };

type Reads = Pick<OperatorContext, 'names' | 'deadLettersOf' | 'ordersOf'>;

const namesOf = ({ names }: Pick<OperatorContext, 'names'>, platform?: PlatformName): PlatformName[] =>
  platform === undefined ? names : [platform];

/** How many dead-letter messages each platform has. */
export async function deadLetterCounts(
  context: Pick<OperatorContext, 'names' | 'deadLettersOf'>,
  platform?: PlatformName,
): Promise<Record<PlatformName, number>> {
  const counts = await Promise.all(
    namesOf(context, platform).map(
      async (name) => [name, await context.deadLettersOf(name).count()] as const,
    ),
  );
  return Object.fromEntries(counts);
}

/** Looks at up to `limit` messages of each platform, and at the rows that they name; each look adds one receive, and no try. */
export async function peekAtDeadLetters(
  context: Reads,
  { platform, limit }: { platform?: PlatformName | undefined; limit: number },
): Promise<DeadLetterView[]> {
  const shown: DeadLetterView[] = [];
  for (const name of namesOf(context, platform)) {
    const messages = await context.deadLettersOf(name).peek(limit);
    for (const message of messages)
      shown.push({ platform: name, ...message, standing: await standingsOf(context, message) });
  }
  return shown;
}

/** The tables keep no error of a message; how the rows stand says what is still to be done. */
async function standingsOf(
  { ordersOf }: Reads,
  { orders = [], receivedAt }: Pick<DeadLetterMessage, 'orders' | 'receivedAt'>,
): Promise<NamedOrder[]> {
  const keys = orders.map((order) => (isOrder(order) ? parseItemName(order) : undefined));
  const rows = await ordersOf(keys.filter((key) => key !== undefined));
  let at = 0;
  return orders.map((order, index) => {
    if (keys[index] === undefined) return { order, row: 'unknown' };
    const row = rows[at];
    at += 1;
    if (row === undefined) return { order, row: 'missing' };
    const { changedAt, review, origin } = row;
    const written = Math.max(origin.last.at, Date.parse(changedAt));
    return {
      order,
      row: receivedAt === undefined ? 'unknown' : written > receivedAt ? 'newer' : 'older',
      writtenAt: isoTime(written),
      ...(review === undefined ? {} : { review: { reason: review.reason, problem: review.problem } }),
    };
  });
}

/** Products have a table of rows of their own. */
const isOrder = (name: string): boolean => !/^[^:]+:[^:]+:product:/.test(name);
