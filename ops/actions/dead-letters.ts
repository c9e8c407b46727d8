import type { PlatformName } from '../../functions/domain/order.ts';
import type { OperatorContext } from '../context.ts';

/** Sends up to `limit` dead-letter messages of a platform back to be worked on. @returns how many were sent */
export async function redrive(
  context: OperatorContext,
  platform: PlatformName,
  limit: number,
): Promise<number> {
  const queue = context.deadLettersOf(platform);
  const { moved } = await context.audited('dlq redrive', { platform }, () => queue.redrive(limit));
  return moved;
}
