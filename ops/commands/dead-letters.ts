import type { PlatformName } from '../../functions/domain/order.ts';
import { redrive } from '../actions/dead-letters.ts';
import type { OperatorContext } from '../context.ts';
import { deadLetterCounts, type NamedOrder, peekAtDeadLetters } from '../data/dead-letters.ts';
import { OperatorError } from '../outputs.ts';
import { columns, print, printDryRun } from '../print.ts';
import { showing } from '../progress.ts';

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

/**
 * Shows dead-letter messages without their payloads, and how the orders stand that they name; they stay where they are. The
 * error itself is in the log alone.
 */
export async function peekDeadLetters(
  context: OperatorContext,
  command: Shared & { limit: number },
): Promise<number> {
  const shown = await peekAtDeadLetters(context, command);
  const lines = shown.flatMap((message) => {
    const { platform, kind, correlationId, receivedAt, tries, receives, standing } = message;
    return [
      [
        platform,
        kind,
        receivedAt === undefined ? 'came at a time unknown' : `came ${new Date(receivedAt).toISOString()}`,
        tries === undefined ? 'put here without being tried' : `tried ${tries} times`,
        `${receives} receives, looks included`,
      ].join('  '),
      ...(standing.length === 0
        ? ['  names no order: nobody can read it, or it is a part of a larger one']
        : []),
      ...standing.map((one) => `  ${one.order}  ${standingText(one)}`),
      `  error: search the log of the consumer for ${correlationId}`,
    ];
  });
  print(
    command.json,
    { messages: shown },
    shown.length > 0
      ? [
          ...lines,
          'This look added one receive to each, because SQS has no other way to look. It is no try: "tried" stays as it is.',
          'Errors are kept in logs alone (runbook, dead-letters-waiting). The lines above say how the tables stand now.',
        ]
      : ['No dead-letter messages.'],
  );
  return 0;
}

function standingText({ row, writtenAt = '', review }: NamedOrder): string {
  if (review !== undefined) return `needs review (${review.reason}): ${review.problem}`;
  switch (row) {
    case 'missing':
      return 'is not in the table: this message may be all there is of it';
    case 'newer':
      return `was written after this came, at ${writtenAt}: it may be done already`;
    case 'older':
      return `stands as of ${writtenAt}: nothing was written since this came`;
    case 'unknown':
      return writtenAt === '' ? 'nothing was looked up' : `stands as of ${writtenAt}`;
  }
}

/** Sends dead-letter messages back to be worked on. */
export async function redriveDeadLetters(
  context: OperatorContext,
  command: Shared & { limit: number; dryRun: boolean },
): Promise<number> {
  if (command.dryRun) return planRedrive(context, command);
  const moved: Record<string, number> = {};
  for (const platform of command.platform === undefined ? context.names : [command.platform])
    moved[platform] = await showing(`${platform}: sending back`, command.json, () =>
      redrive(context, platform, command.limit),
    );
  const lines = Object.entries(moved).map(([platform, count]) => `${platform}: ${count} sent back`);
  print(command.json, { moved }, lines);
  return 0;
}

async function planRedrive(
  context: OperatorContext,
  { platform, limit, json }: Shared & { limit: number },
): Promise<number> {
  const counts = Object.entries(await deadLetterCounts(context, platform));
  const moved = counts.map(([name, count]) => [name, Math.min(limit, count)] as const);
  const text = moved.map(([name, count]) => `${name}: ${count}`).join(', ');
  return printDryRun(
    json,
    { moved: Object.fromEntries(moved) },
    `Would be sent back to be worked on: ${text}.`,
  );
}

/**
 * Deletes dead-letter messages for good.
 *
 * @throws OperatorError without `--yes`, or without a platform.
 */
export async function purgeDeadLetters(
  context: OperatorContext,
  { platform, yes, dryRun, json }: Shared & { yes: boolean; dryRun: boolean },
): Promise<number> {
  if (platform === undefined)
    throw new OperatorError('Name the platform whose dead-letter messages are to be deleted: --platform.');
  const queue = context.deadLettersOf(platform);
  const count = await queue.count();
  if (dryRun)
    return printDryRun(
      json,
      { platform, deleted: count },
      `${platform}: ${count} messages would be deleted for good. "dlq peek" shows them.`,
    );
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
