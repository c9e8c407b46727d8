import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import type { Clock } from '../runtime/clock.ts';
import { storeErasureKey } from './control-keys.ts';
import { applied, getItem, type StoreTable } from './dynamodb.ts';

/**
 * How long a request to erase a whole store waits before it is carried out (ms): two days, so that a person who reads the
 * alarm on a weekend can still stop it.
 */
export const STORE_ERASURE_DELAY_MS = 48 * 60 * 60_000;

const erasureItem = lazily(() =>
  z.object({
    /** Correlation id of the request. */
    request: z.string(),
    /** Epoch ms at which the request reached us, and from which it may be carried out. */
    requestedAt: z.number(),
    dueAt: z.number(),
    /** Since when the app was gone from the store when the request came (epoch ms). Another time: it was back meanwhile. */
    goneSince: z.number(),
    state: z.enum(['waiting', 'stopped']),
    /** Who stopped it, and when (epoch ms). */
    stopped: z.object({ by: z.string(), at: z.number() }).optional(),
    /** Epoch ms of the latest slice; absent before the first. */
    workedAt: z.number().optional(),
  }),
);
export type WaitingErasure = z.infer<ReturnType<typeof erasureItem>>;

/**
 * The request to erase a store, from the platform's notice to its end. It is an item and not a message that waits, so that
 * it outlives a lost message, a person can see and stop it, and an alarm can say how long it is there.
 */
export interface StoreErasure {
  read(): Promise<WaitingErasure | undefined>;
  /**
   * Begins to wait. One request is enough for as long as the app is gone: what is there already for the same time stays,
   * stopped ones too, and is answered.
   */
  schedule(
    about: Pick<WaitingErasure, 'request' | 'requestedAt' | 'goneSince'>,
  ): Promise<{ scheduled: boolean; erasure: WaitingErasure }>;
  /** A person says no. False when nothing waits, or another request does. */
  stop(request: string, by: string): Promise<boolean>;
  /** A person says yes after all: it waits the whole time once more. False when nothing is stopped. */
  letGoOn(request: string): Promise<boolean>;
  /** A slice is about to be erased. False when a person stopped it meanwhile. */
  working(request: string): Promise<boolean>;
  /** It was carried out, or called off. */
  end(request: string): Promise<void>;
}

export function createStoreErasure(options: StoreTable & { clock: Pick<Clock, 'now'> }): StoreErasure {
  const { client, table: TableName, clock } = options;
  const Key = storeErasureKey(options);
  const read = () => getItem(client, TableName, Key, erasureItem);
  /** Changes the request while it is in the state. */
  const change = (request: string, state: WaitingErasure['state'], set: string, values: object) =>
    applied(
      client.send(
        new UpdateCommand({
          TableName,
          Key,
          UpdateExpression: set,
          ConditionExpression: '#request = :request AND #state = :state',
          ExpressionAttributeNames: { '#request': 'request', '#state': 'state' },
          ExpressionAttributeValues: { ...values, ':request': request, ':state': state },
        }),
      ),
    );
  return {
    read,
    async schedule(about) {
      const dueAt = clock.now() + STORE_ERASURE_DELAY_MS;
      const erasure: WaitingErasure = { ...about, dueAt, state: 'waiting' };
      const scheduled = await applied(
        client.send(
          new PutCommand({
            TableName,
            Item: { ...Key, ...erasure },
            ConditionExpression: 'attribute_not_exists(pk) OR goneSince <> :since',
            ExpressionAttributeValues: { ':since': about.goneSince },
          }),
        ),
      );
      return { scheduled, erasure: scheduled ? erasure : ((await read()) ?? erasure) };
    },
    stop: (request, by) =>
      change(request, 'waiting', 'SET #state = :stopped, stopped = :who', {
        ':stopped': 'stopped',
        ':who': { by, at: clock.now() },
      }),
    letGoOn: (request) =>
      change(request, 'stopped', 'SET #state = :waiting, dueAt = :due REMOVE stopped', {
        ':waiting': 'waiting',
        ':due': clock.now() + STORE_ERASURE_DELAY_MS,
      }),
    working: (request) => change(request, 'waiting', 'SET workedAt = :now', { ':now': clock.now() }),
    async end(request) {
      await applied(
        client.send(
          new DeleteCommand({
            TableName,
            Key,
            ConditionExpression: '#request = :request',
            ExpressionAttributeNames: { '#request': 'request' },
            ExpressionAttributeValues: { ':request': request },
          }),
        ),
      );
    },
  };
}
