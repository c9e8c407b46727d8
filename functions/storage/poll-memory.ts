import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Clock } from '../runtime/clock.ts';
import { getItem, type StoreTable } from './dynamodb.ts';
import { pollBackoffKey } from './keys.ts';

/** From one minute to a quarter of an hour, doubling with each failed run in a row. */
const FIRST_MS = 60_000;
const LONGEST_MS = 15 * 60_000;

const backoffItem = z.object({ failures: z.number().int(), notBefore: z.number() });

/** Keeps a failing platform from being polled at full pace, across runs. */
export interface PollBackoff {
  /** True while the last failure is too recent to try again. */
  waiting(): Promise<boolean>;
  failed(): Promise<void>;
  succeeded(): Promise<void>;
}

export function createPollBackoff(options: StoreTable & { clock: Pick<Clock, 'now'> }): PollBackoff {
  const { client, table: TableName, clock } = options;
  const Key = pollBackoffKey(options);
  let failures = 0;
  return {
    async waiting() {
      const state = await getItem(client, TableName, Key, backoffItem);
      failures = state?.failures ?? 0;
      return state !== undefined && clock.now() < state.notBefore;
    },
    async failed() {
      const backoff = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
      const Item = { ...Key, failures: failures + 1, notBefore: clock.now() + backoff };
      await client.send(new PutCommand({ TableName, Item }));
    },
    async succeeded() {
      if (failures > 0) await client.send(new DeleteCommand({ TableName, Key }));
      failures = 0;
    },
  };
}
