import { randomUUID } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import { leaseKey } from './control-keys.ts';
import { isRefused } from './dynamodb.ts';
import { CLOCK_SKEW_MS, createLease, type Lease } from './runs.ts';

/** A lease as the refusal of a write shows it. */
const refused = lazily(() =>
  z.object({
    Item: z.object({
      holder: z.object({ S: z.string() }),
      instance: z.object({ S: z.string() }).optional(),
      heldUntil: z.object({ N: z.coerce.number() }),
    }),
  }),
);
type Held = z.output<ReturnType<typeof refused>>['Item'];

/**
 * A lease that tells which run had it before and did not give it back: it was cut off, or could not write any more. Whose it is, is
 * seen before it is taken: a write that is made twice, because its answer got lost, finds only itself there.
 */
export function createWatchfulLease(
  options: Omit<Parameters<typeof createLease>[0], 'random'> & { onCutOff(owner: string): void },
): Lease {
  const { client, table: TableName, clock, onCutOff } = options;
  const instance = randomUUID();
  const lease = createLease({ ...options, random: () => instance });

  /** Takes a lease that nobody has; answers the one that there is otherwise. */
  async function takeFree(holder: string, ms: number): Promise<Held | undefined> {
    try {
      await client.send(
        new PutCommand({
          TableName,
          Item: { ...leaseKey(options.name), holder, instance, heldUntil: clock.now() + ms },
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return undefined;
    } catch (error) {
      if (isRefused(error)) return refused().parse(error).Item;
      throw error;
    }
  }

  return {
    ...lease,
    async acquire(owner, ms) {
      const held = await takeFree(owner, ms);
      if (held === undefined) return true;
      // One that is not over may be given back in this moment.
      const isOver = held.heldUntil.N < clock.now() - CLOCK_SKEW_MS;
      const isOurs = held.holder.S === owner && held.instance?.S === instance;
      const taken = await lease.acquire(owner, ms);
      if (taken && isOver && !isOurs) onCutOff(held.holder.S);
      return taken;
    },
  };
}
