import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { changedAliases } from '../domain/alias.ts';
import { emailOf } from '../domain/email.ts';
import type { EpochMs } from '../domain/time.ts';
import { awsOptions, secretIdIn } from '../pipeline/deployed.ts';
import { mapConcurrent } from '../pipeline/map-concurrent.ts';
import { secretsClient } from '../runtime/aws-clients.ts';
import { describeError } from '../runtime/describe-error.ts';
import type { Runtime } from '../runtime/handler.ts';
import type { Metrics } from '../runtime/metric-names.ts';
import type { Log } from '../runtime/telemetry.ts';
import { type Aliases, createAliases } from '../storage/aliases.ts';
import { customerKeyOfPk } from '../storage/customer-keys.ts';
import { documentClient } from '../storage/dynamodb.ts';
import type { EmailOwner } from '../storage/email-keys.ts';
import { createEmails, type Emails } from '../storage/emails.ts';
import { keyIn, keyOfPk } from '../storage/keys.ts';
import { createEmailHash } from './email-hash.ts';
import type { StockFollower, StockFollowing } from './stock-following.ts';
import { changeOf } from './stream-change.ts';

/** The dimension of metrics about the merchant's own system. */
const platform = 'erp';
/** Rows that are followed at the same time. */
const AT_ONCE = 8;

export interface Tracker {
  /** Absent where nobody counts stock. */
  readonly follower: StockFollower | undefined;
  readonly aliases: Pick<Aliases, 'add' | 'remove'>;
  readonly emails: Pick<Emails, 'note' | 'forget'>;
  /** @throws where the key of the hashes cannot be read */
  hashOf(email: string): Promise<string>;
  now(): EpochMs;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** @param following where anybody counts stock */
export function createTracker(
  following: StockFollowing | undefined,
  runtime: Runtime<'track'>,
  client: DynamoDBDocumentClient = documentClient(awsOptions(runtime)),
  secrets: SecretsManagerClient = secretsClient(awsOptions(runtime)),
): Tracker {
  const { env, clock, log, metrics } = runtime;
  const table = env.ORDERS_TABLE;
  return {
    follower: following?.(runtime, client),
    aliases: createAliases(client, table),
    emails: createEmails(client, table),
    hashOf: createEmailHash({
      client: secrets,
      id: secretIdIn(env.SECRETS, 'emailKey', undefined),
      clock,
    }),
    now: clock.now,
    metrics,
    log,
  };
}

/** What a batch says of one partition: its row before the first record, and after the last one. */
interface Written {
  /** Where the first record stands. */
  readonly first: number;
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * Follows the orders and products whose rows were written. For the stock a record only says which row to look at: it is read as
 * it is now. By what texts, and by whose e-mail, a row is found is told by what the records say of it before and after. Where one
 * fails, the batch comes again from its first record on, and what was done is done again without effect.
 */
export async function track(
  tracker: Tracker,
  { Records: records }: DynamoDBStreamEvent,
): Promise<DynamoDBBatchResponse> {
  const { follower, metrics, log, now } = tracker;
  const written = new Map<string, Written>();
  for (const [at, record] of records.entries()) {
    const pk = record.dynamodb?.Keys?.pk?.S;
    if (pk === undefined) continue;
    const { before, after } = changeOf(record, now());
    const known = written.get(pk);
    written.set(pk, known === undefined ? { first: at, before, after } : { ...known, after });
  }
  const noting = { ...tracker, hashOf: untilItFails(tracker.hashOf) };
  const failed: number[] = [];
  let claims = 0;
  await mapConcurrent(AT_ONCE, [...written], async ([pk, change]) => {
    try {
      await noteAliases(tracker, pk, change);
      if (follower !== undefined) claims += await follower.follow(pk);
      await noteEmail(noting, pk, change);
    } catch (error) {
      failed.push(change.first);
      log.error('a row could not be followed; the batch comes again from it on', {
        row: pk,
        error: describeError(error),
      });
    }
  });
  if (follower !== undefined) {
    await follower.sendHints();
    metrics.add('StockClaimsChanged', platform, claims);
    metrics.add('StockFollowFailed', platform, failed.length);
  }
  if (failed.length === 0) return { batchItemFailures: [] };
  const itemIdentifier = records[Math.min(...failed)]?.dynamodb?.SequenceNumber ?? '';
  return { batchItemFailures: [{ itemIdentifier }] };
}

/** Whoever looks for the order finds it by what it is called now. */
async function noteAliases({ aliases }: Tracker, pk: string, { before, after }: Written): Promise<void> {
  const order = keyIn(pk, keyOfPk);
  if (order === undefined) return;
  const { added, gone } = changedAliases(before, after);
  for (const alias of added) await aliases.add(alias, order);
  for (const alias of gone) await aliases.remove(alias, order);
}

/**
 * Whoever has the address of an order's buyer, or of a customer, finds them by its hash. A key of the hashes that cannot be
 * read is told and stops nothing: the stock of later orders would wait for it. An address that was not noted is found in the
 * rows themselves.
 */
async function noteEmail(
  { emails, hashOf, metrics, log }: Tracker,
  pk: string,
  { before, after }: Written,
): Promise<void> {
  const owner = ownerIn(pk);
  const [had, has] = [emailOf(before), emailOf(after)];
  if (owner === undefined || had === has) return;
  const hash =
    has === undefined
      ? undefined
      : await hashOf(has).catch((error: unknown) => {
          metrics.add('EmailsNotNoted', platform, 1);
          log.error('the key of the e-mail hashes could not be read; this row is not found by its e-mail', {
            row: pk,
            error: describeError(error),
          });
          return undefined;
        });
  if (hash !== undefined) await emails.note(owner, hash);
  // By what it was before, nobody finds it any more in either case.
  else if (had !== undefined) await emails.forget(owner);
}

/** Within one batch, a key that could not be read is not asked for again: each time may take seconds, and stock waits behind. */
function untilItFails(hashOf: Tracker['hashOf']): Tracker['hashOf'] {
  let failure: { error: unknown } | undefined;
  return async (email) => {
    if (failure !== undefined) throw failure.error;
    return hashOf(email).catch((error: unknown) => {
      failure = { error };
      throw error;
    });
  };
}

/** The order or the customer that a partition is of: persons stand in nothing else. */
function ownerIn(pk: string): EmailOwner | undefined {
  const order = keyIn(pk, keyOfPk);
  if (order !== undefined) {
    const { platformOrderId: id, ...store } = order;
    return { ...store, resource: 'order', id };
  }
  const customer = keyIn(pk, customerKeyOfPk);
  if (customer === undefined) return undefined;
  const { platformCustomerId: id, ...store } = customer;
  return { ...store, resource: 'customer', id };
}
