import type { PlatformName } from '../../functions/domain/order.ts';
import { redrive } from '../actions/dead-letters.ts';
import type { OperatorContext } from '../context.ts';
import { deadLetterCounts, peekAtDeadLetters } from '../data/dead-letters.ts';
import { OperatorError } from '../outputs.ts';
import { columns, print } from '../print.ts';

interface Shared {
  platform?: PlatformName;
  json: boolean;
}

/** How many dead-letter messages each platform has. Answers 1 when there are any, for scripts. */
export async function countDeadLetters(context: OperatorContext, command: Shared): Promise<number> {
  const counts = await deadLetterCounts(context, command.platform);
  const lines = Object.entries(counts).map(([platform, count]) => [platform, String(count)]);
  print(command.json, counts, columns(lines));
  return Object.values(counts).some((count) => count > 0) ? 1 : 0;
}

/** Shows dead-letter messages without their payloads; they stay where they are. */
export async function peekDeadLetters(
  context: OperatorContext,
  command: Shared & { limit: number },
): Promise<number> {
  const shown = await peekAtDeadLetters(context, command);
  const lines = shown.map(({ platform, kind, correlationId, receivedAt, receives, orders = [] }) => [
    platform,
    kind,
    receivedAt === undefined ? '-' : new Date(receivedAt).toISOString(),
    `received ${receives} times`,
    orders.join(' ') || 'names no order',
    correlationId,
  ]);
  print(
    command.json,
    { messages: shown },
    shown.length > 0
      ? [
          ...columns(lines),
          'Each look counts as one receive. Why they failed is in the log of the consumer: search it for the last column.',
        ]
      : ['No dead-letter messages.'],
  );
  return 0;
}

/** Sends dead-letter messages back to be worked on. */
export async function redriveDeadLetters(
  context: OperatorContext,
  command: Shared & { limit: number },
): Promise<number> {
  const moved: Record<string, number> = {};
  for (const platform of command.platform === undefined ? context.names : [command.platform])
    moved[platform] = await redrive(context, platform, command.limit);
  const lines = Object.entries(moved).map(([platform, count]) => `${platform}: ${count} sent back`);
  print(command.json, { moved }, lines);
  return 0;
}

/**
 * Deletes dead-letter messages for good.
 *
 * @throws OperatorError without `--yes`, or without a platform.
 */
export async function purgeDeadLetters(
  context: OperatorContext,
  { platform, yes, json }: Shared & { yes: boolean },
): Promise<number> {
  if (platform === undefined)
    throw new OperatorError('Name the platform whose dead-letter messages are to be deleted: --platform.');
  const queue = context.deadLettersOf(platform);
  const count = await queue.count();
  if (!yes) {
    throw new OperatorError(
      `This deletes ${count} messages of ${platform} for good, and each was acknowledged to the platform. Look at them ` +
        'with "dlq peek", send them back with "dlq redrive", or add --yes.',
    );
  }
  const { deleted } = await context.audited('dlq purge', { platform }, () => queue.purge(count));
  print(json, { platform, deleted }, [`${platform}: ${deleted} deleted`]);
  return 0;
}
