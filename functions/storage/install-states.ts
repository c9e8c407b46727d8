import { createHash } from 'node:crypto';
import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { PlatformName } from '../domain/order.ts';
import type { Clock } from '../runtime/clock.ts';
import { installStateKey } from './control-keys.ts';
import { TABLE_KEYS } from './keys.ts';

/** From opening the link to coming back with a code, in ms: time to log in and to read what the app asks for. */
export const STATE_LIFE_MS = 15 * 60_000;

const stateItem = z.object({ validUntil: z.number() });

/** The states of installations under way. Each is good once. */
export interface InstallStates {
  /** Keeps a new state, and gives it to whoever begins. */
  issue(): Promise<string>;
  /** True when the state was issued, is young enough, and was not spent before. */
  spend(state: string): Promise<boolean>;
}

export function createInstallStates(options: {
  client: DynamoDBDocumentClient;
  table: string;
  platform: PlatformName;
  clock: Pick<Clock, 'now'>;
  /** A text that nobody can guess. */
  random: () => string;
}): InstallStates {
  const { client, table: TableName, platform, clock, random } = options;
  // The hash alone is kept: who can read the table cannot finish somebody else's installation.
  const keyOf = (state: string) =>
    installStateKey(platform, createHash('sha256').update(state).digest('hex'));
  return {
    async issue() {
      const state = random();
      const validUntil = clock.now() + STATE_LIFE_MS;
      const Item = { ...keyOf(state), validUntil, [TABLE_KEYS.expiry]: Math.ceil(validUntil / 1000) };
      await client.send(new PutCommand({ TableName, Item }));
      return state;
    },
    async spend(state) {
      const { Attributes } = await client.send(
        new DeleteCommand({ TableName, Key: keyOf(state), ReturnValues: 'ALL_OLD' }),
      );
      // The table removes what expired within days, not at once.
      return Attributes !== undefined && stateItem.parse(Attributes).validUntil > clock.now();
    },
  };
}
