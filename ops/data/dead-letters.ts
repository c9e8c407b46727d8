import type { PlatformName } from '../../functions/domain/order.ts';
import type { DeadLetterMessage } from '../../functions/pipeline/replay/dead-letters.ts';
import type { OperatorContext } from '../context.ts';

/** A dead-letter message of a platform, without its payload. */
export type DeadLetterView = { platform: PlatformName } & DeadLetterMessage;

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

/** Looks at up to `limit` messages of each platform; each look counts as one receive. */
export async function peekAtDeadLetters(
  context: Pick<OperatorContext, 'names' | 'deadLettersOf'>,
  { platform, limit }: { platform?: PlatformName | undefined; limit: number },
): Promise<DeadLetterView[]> {
  const shown: DeadLetterView[] = [];
  for (const name of namesOf(context, platform)) {
    const messages = await context.deadLettersOf(name).peek(limit);
    shown.push(...messages.map((message) => ({ platform: name, ...message })));
  }
  return shown;
}
