import type { ErpJob } from '../functions/runtime/environment.ts';
import { ALIAS_PARTITIONS } from '../functions/storage/alias-keys.ts';
import { COMMAND_ID_PARTITIONS } from '../functions/storage/command-keys.ts';
import { controlPartitions } from '../functions/storage/control-keys.ts';
import { CUSTOMER_PARTITIONS } from '../functions/storage/customer-keys.ts';
import { EMAIL_PARTITIONS } from '../functions/storage/email-keys.ts';
import { ERP_CUSTOMER_PARTITIONS } from '../functions/storage/erp-customer-keys.ts';
import { type ErpKind, erpPartitions, isErpKind } from '../functions/storage/erp-keys.ts';
import { ERP_PRODUCT_PARTITIONS } from '../functions/storage/erp-product-keys.ts';
import { PRODUCT_PARTITIONS } from '../functions/storage/product-keys.ts';
import { STOCK_PARTITIONS } from '../functions/storage/stock-keys.ts';

/** What the functions for the merchant's own system are called after, where a platform's are called after the platform. */
export const ERP = 'erp';

/** The jobs for the merchant's own system, each a function of its own. */
const ERP_JOBS: readonly ErpJob[] = ['publish', 'api', 'deliver', 'sweep', 'track', 'compare'];

/** Jobs of merchants who have their stock counted. */
const OF_STOCK: readonly ErpJob[] = ['compare'];

/** The jobs that a merchant has. @param hasStock whether somebody counts stock */
export const erpJobsOf = (hasStock: boolean): ErpJob[] =>
  ERP_JOBS.filter((job) => hasStock || !OF_STOCK.includes(job));

/** Something that such a function may be let at. */
export type ErpTarget =
  | 'deliveries'
  | 'commandQueues'
  | 'stockQueues'
  | 'orders'
  | 'ordersAndCommands'
  | 'stock'
  | 'rows'
  | 'aliases'
  | 'emails'
  | 'products'
  | 'mirrored'
  | 'changes'
  | 'changesAndReview'
  | 'work'
  | 'stream'
  | 'unpublished'
  | 'unfollowed'
  | 'bus'
  | 'circuits'
  | 'locations'
  | 'compared'
  | 'buckets'
  | 'platformSecrets'
  | 'tokens'
  | 'signing'
  | 'emailKey'
  | ErpKind;

/** Exactly what a job may do with one target. */
export interface ErpPermission {
  readonly target: ErpTarget;
  readonly actions: readonly string[];
  /** Patterns of the partitions of the control table that it may be done with. */
  readonly partitions?: readonly string[];
}

type Row = readonly [target: ErpTarget, actions: readonly string[]];

const dynamo = (...actions: readonly string[]): string[] => actions.map((action) => `dynamodb:${action}`);
const SEND = ['sqs:SendMessage'];
const READ_SECRET = ['secretsmanager:GetSecretValue'];

/** What the code of each job does, row by row, as lib/jobs.ts has it for the platforms' jobs. */
const ROWS: Readonly<Record<ErpJob, readonly Row[]>> = {
  publish: [
    // What Lambda's own event source does in the role's name.
    ['stream', dynamo('DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams')],
    ['feed', dynamo('PutItem', 'Query')],
    ['feedPointer', dynamo('GetItem', 'PutItem')],
    ['unpublished', SEND],
    // Whoever is sent events is told that there are some.
    ['endpoint', dynamo('Query')],
    ['deliveries', SEND],
    ['bus', ['events:PutEvents']],
  ],
  api: [
    ['tokens', READ_SECRET],
    ['feed', dynamo('Query')],
    ['feedPointer', dynamo('GetItem')],
    // A command is kept with its id, in one transaction of updates: no row can be written anew.
    ['ordersAndCommands', dynamo('GetItem', 'Query', 'UpdateItem')],
    ['mirrored', dynamo('GetItem')],
    ['commandQueues', SEND],
    ['changes', dynamo('Query')],
    // A SKU and the claims on it are written together.
    ['stock', dynamo('GetItem', 'Query', 'PutItem', 'DeleteItem')],
    ['stockZeroed', dynamo('GetItem', 'PutItem')],
    ['stockQueues', SEND],
    ['idempotency', dynamo('GetItem', 'PutItem', 'DeleteItem')],
    // Of calls that are passed on: their slot, and the end of calls where the platform refuses the credential.
    ['circuits', dynamo('GetItem', 'UpdateItem')],
    // Which location of a platform is which of the merchant's own system.
    ['locations', dynamo('GetItem', 'Query', 'PutItem', 'DeleteItem')],
    ['buckets', dynamo('UpdateItem')],
    ['platformSecrets', READ_SECRET],
  ],
  deliver: [
    ['deliveries', ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes']],
    // What goes on in another run.
    ['deliveries', SEND],
    ['feed', dynamo('Query')],
    ['feedPointer', dynamo('GetItem')],
    ['endpoint', dynamo('UpdateItem')],
    ['endpointAside', dynamo('GetItem', 'PutItem', 'DeleteItem')],
    // What is sent again is sent as its key stands now.
    ['rows', dynamo('GetItem')],
    ['signing', READ_SECRET],
  ],
  track: [
    ['stream', dynamo('DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams')],
    // By what texts an order is found: told by the stream itself.
    ['aliases', dynamo('PutItem', 'DeleteItem')],
    // The same of e-mails, by their hashes; not of a person who was erased.
    ['emails', dynamo('GetItem', 'PutItem', 'DeleteItem')],
    ['emailKey', READ_SECRET],
    // The row, and beside it what the order is known to take.
    ['orders', dynamo('GetItem', 'PutItem')],
    ['stock', dynamo('Query', 'PutItem', 'DeleteItem')],
    ['unfollowed', SEND],
    ['stockQueues', SEND],
  ],
  compare: [
    // Every SKU, what it should show and what the mirrored products show of it.
    ['changes', dynamo('Query')],
    ['stock', dynamo('GetItem', 'Query', 'PutItem', 'DeleteItem')],
    ['products', dynamo('GetItem')],
    // Which SKUs a product has that nobody followed.
    ['products', dynamo('PutItem')],
    ['compared', dynamo('GetItem')],
    ['stockQueues', SEND],
  ],
  sweep: [
    ['endpoint', dynamo('Query')],
    ['deliveries', SEND],
    // How far the feed has come, and the pointer that says so for good.
    ['feed', dynamo('Query')],
    ['feedPointer', dynamo('GetItem', 'PutItem')],
    // What changed since, but for orders of which nobody is told again.
    ['changesAndReview', dynamo('Query')],
    // Whether what the newest of them take is claimed.
    ['orders', dynamo('GetItem')],
    ['work', dynamo('Query')],
    ['commandQueues', SEND],
    ['stockQueues', SEND],
  ],
};

/**
 * What a job may do: no action that its code does not need, and one entry for each target.
 *
 * @param without targets that the merchant does not have
 */
export function permissionsOfErp(job: ErpJob, without: readonly ErpTarget[] = []): ErpPermission[] {
  const byTarget = new Map<ErpTarget, Set<string>>();
  for (const [target, actions] of ROWS[job].filter(([one]) => !without.includes(one)))
    for (const action of actions) byTarget.set(target, (byTarget.get(target) ?? new Set()).add(action));
  return [...byTarget].map(([target, actions]) => ({
    target,
    actions: [...actions],
    ...partitionsOf(target),
  }));
}

const ANY_ORDER = '*#order#*';
const MIRRORED = [PRODUCT_PARTITIONS, CUSTOMER_PARTITIONS];

function partitionsOf(target: ErpTarget): { partitions?: string[] } {
  if (isErpKind(target)) return { partitions: erpPartitions(target) };
  // Every store's orders and products, and no scan of the table.
  if (target === 'orders') return { partitions: [ANY_ORDER, PRODUCT_PARTITIONS] };
  if (target === 'aliases') return { partitions: [ALIAS_PARTITIONS] };
  if (target === 'emails') return { partitions: [...EMAIL_PARTITIONS] };
  if (target === 'stock') return { partitions: [STOCK_PARTITIONS] };
  if (target === 'ordersAndCommands')
    return {
      partitions: [ANY_ORDER, ERP_CUSTOMER_PARTITIONS, ERP_PRODUCT_PARTITIONS, COMMAND_ID_PARTITIONS],
    };
  if (target === 'rows') return { partitions: [ANY_ORDER, ...MIRRORED] };
  if (target === 'products') return { partitions: [PRODUCT_PARTITIONS] };
  if (target === 'mirrored') return { partitions: MIRRORED };
  // Of every platform.
  if (target === 'compared') return { partitions: controlPartitions('reconcile', '*').slice(0, 1) };
  if (target === 'buckets') return { partitions: controlPartitions('bucket', '*').slice(0, 1) };
  if (target === 'locations') return { partitions: controlPartitions('location', '*').slice(0, 1) };
  return target === 'circuits' ? { partitions: controlPartitions('circuit', '*').slice(0, 1) } : {};
}
