import type { Channel } from '../config/merchant.ts';
import type { PlatformName } from '../functions/domain/order.ts';
import type { Connection } from '../functions/platforms/calls.ts';
import { hasCommands } from '../functions/platforms/commands.ts';
import type { Platform } from '../functions/platforms/platform.ts';
import { productWriteOf } from '../functions/platforms/product-write.ts';
import { systemClock } from '../functions/runtime/clock.ts';
import type { PlatformJob } from '../functions/runtime/environment.ts';
import { type ControlKind, controlPartitions, isControlKind } from '../functions/storage/control-keys.ts';
import { orderPartitions } from '../functions/storage/keys.ts';
import { STOCK_PARTITIONS, stockJobPartitions } from '../functions/storage/stock-keys.ts';

/** The jobs that a platform needs, each a function of its own. */
export function jobsOf(channel: Pick<Channel, 'platform' | 'stores' | 'stock'>): PlatformJob[] {
  const { webhook, poll, oauth } = channel.platform;
  return [
    'process',
    'reconcile',
    ...(hasCommands(channel) ? (['dispatch'] as const) : []),
    ...(channel.stock === undefined ? [] : (['tell'] as const)),
    ...(webhook === undefined ? [] : (['receive'] as const)),
    ...(poll === undefined ? [] : (['poll'] as const)),
    ...(oauth === undefined ? [] : (['install'] as const)),
  ];
}

/** Whether products, or customers, of one of the stores are mirrored. */
export const mirrors = (
  resource: 'product' | 'customer',
  { platform, stores }: Pick<Channel, 'platform' | 'stores'>,
): boolean => stores.some((store) => (platform.resources[resource]?.scans(store) ?? []).length > 0);

/**
 * Something that a function may be let at: the intake queue or that of commands, the orders, an index of them, the items of one kind in the control
 * table, or the secrets of one credential.
 */
export type Target =
  | 'queue'
  | 'commands'
  | 'stockHints'
  | 'stock'
  | 'stockJobs'
  | 'work'
  | 'orders'
  | 'changes'
  | { readonly items: ControlKind }
  | { readonly credential: string };

/** Exactly what a job may do with one target. */
export interface Permission {
  readonly target: Target;
  readonly actions: readonly string[];
  /** Patterns of the partitions of a table that it may be done with. */
  readonly partitions?: readonly string[];
}

/** What decides on a job's permissions. */
interface Traits {
  /** The consumer asks the platform for orders. */
  readonly fetches: boolean;
  /** The consumer exports and erases what a customer or a store asks for. */
  readonly privacy: boolean;
  /** The platform tells of the app's standing in a store. */
  readonly installed: boolean;
  /** What reconciliation finds is recorded by itself; otherwise it is queued. */
  readonly records: boolean;
  /** The platform lists ids of orders and nothing else. */
  readonly listsIds: boolean;
  /** What a command changes has to be read, because the platform does not tell of it. */
  readonly pushed: boolean;
  /** Calls replace the token that they are made with. */
  readonly rotates: boolean;
  /** The platform tells how catalogue jobs ended. */
  readonly catalogueJobs: boolean;
  /** Products or customers of a store are mirrored. */
  readonly mirrors: boolean;
  /** A store takes products of the merchant's own system. */
  readonly writesProducts: boolean;
}

/** `calls`: every credential that the platform's client asks for. */
type Place = Exclude<Target, object> | ControlKind | 'calls' | 'webhook' | 'app' | 'token';
type Row = readonly [place: Place, actions: readonly string[], when?: (traits: Traits) => boolean];

const dynamo = (...actions: readonly string[]): string[] => actions.map((action) => `dynamodb:${action}`);
const SEND = ['sqs:SendMessage'];
const READ_SECRET = ['secretsmanager:GetSecretValue'];
const WRITE_SECRET = ['secretsmanager:PutSecretValue'];
/** Rows and raw bytes are read, written, and taken back when the personal data in them was erased. */
const RECORD = dynamo('GetItem', 'PutItem', 'DeleteItem', 'Query');
const HOLD = dynamo('PutItem', 'DeleteItem');

/** What everything goes by that calls the platform. */
const calling = (when: (traits: Traits) => boolean = () => true): readonly Row[] => [
  ['bucket', dynamo('UpdateItem'), when],
  ['circuit', dynamo('GetItem', 'UpdateItem', 'DeleteItem'), when],
  // Whatever closes a circuit asks for a backfill.
  ['reconcile', dynamo('UpdateItem'), when],
  ['calls', READ_SECRET, when],
  ['token', WRITE_SECRET, (traits) => when(traits) && traits.rotates],
  ['tokenLease', HOLD, (traits) => when(traits) && traits.rotates],
];

/**
 * What the code of each job does, row by row; every row is there for calls that can be found in functions/. A statement of
 * the function's policy is made from the rows of one target. What no row names, the job can't read, write or delete.
 */
const ROWS: Readonly<Record<PlatformJob, readonly Row[]>> = {
  receive: [
    ['queue', SEND],
    ['webhook', READ_SECRET],
  ],
  poll: [
    ['queue', SEND],
    ...calling(),
    ['pollLease', HOLD],
    ['outbox', dynamo('PutItem', 'DeleteItem', 'Query')],
    // Only a person frees what was set aside.
    ['outboxAside', dynamo('PutItem', 'Query')],
    ['pollBackoff', dynamo('GetItem', 'PutItem', 'DeleteItem')],
  ],
  process: [
    // What Lambda's own event source does in the role's name.
    ['queue', ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes']],
    // A fetch that waits is sent again with a delay, and so is what is left of an erasure, or a notice to be confirmed.
    ['queue', SEND, ({ fetches, privacy, installed }) => fetches || privacy || installed],
    ['orders', RECORD],
    // What came in chunks does not stay once the whole was dealt with.
    ['chunks', dynamo('PutItem', 'DeleteItem', 'Query')],
    // The platform's notices suspend and resume calls; those that suspend are confirmed by a call.
    ...calling(({ fetches, installed }) => fetches || installed),
    ['pendingFetch', dynamo('GetItem', 'UpdateItem'), ({ fetches }) => fetches],
    // A request to erase a store's personal data names no order.
    ['changes', dynamo('Query'), ({ privacy }) => privacy],
    ['privacyReport', dynamo('PutItem', 'DeleteItem', 'Query'), ({ privacy }) => privacy],
    // Entries are written once: nobody may change or delete one, or read the trail.
    ['audit', dynamo('PutItem'), ({ privacy }) => privacy],
    ['erasureLedger', dynamo('PutItem'), ({ privacy }) => privacy],
    // A store that is to be erased waits, for days.
    ['storeErasure', dynamo('GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'), ({ privacy }) => privacy],
    ['catalogueJob', dynamo('GetItem', 'PutItem'), ({ catalogueJobs }) => catalogueJobs],
  ],
  reconcile: [
    // What is found goes to be fetched; a request to erase a store goes on when its time has come.
    ['queue', SEND, ({ records, privacy }) => !records || privacy],
    ['storeErasure', dynamo('GetItem'), ({ privacy }) => privacy],
    ['orders', dynamo('GetItem')],
    // The rows of a page are read together.
    ['orders', dynamo('BatchGetItem'), ({ listsIds }) => !listsIds],
    ['orders', RECORD, ({ records }) => records],
    // What is mirrored is listed whole; what is not listed any more is found among the known rows.
    ['orders', dynamo('PutItem'), (traits) => traits.mirrors],
    // So are the orders of a platform that lists ids, and rows that changed since an order was found current: the index names
    // many rows for one read unit.
    ['changes', dynamo('Query')],
    ...calling(),
    ['reconcileLease', HOLD],
    // Progress, what was found current, missing ids, reports, and the backfill requests that it fulfils.
    ['reconcile', dynamo('GetItem', 'PutItem', 'DeleteItem', 'Query')],
    ['pendingFetch', dynamo('GetItem'), ({ records }) => !records],
  ],
  dispatch: [
    // What Lambda's own event source does in the role's name.
    ['commands', ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes']],
    // What waits is said again with a delay.
    ['commands', SEND],
    // The order, its commands, and the lease on them.
    ['orders', dynamo('GetItem', 'PutItem', 'Query', 'UpdateItem')],
    ['orders', RECORD, ({ pushed }) => pushed],
    // Products of one store make its categories one after the other.
    ['categoryLease', HOLD, ({ writesProducts }) => writesProducts],
    ['category', dynamo('GetItem', 'PutItem', 'DeleteItem'), ({ writesProducts }) => writesProducts],
    ...calling(),
  ],
  tell: [
    // What Lambda's own event source does in the role's name.
    ['stockHints', ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes']],
    // What is to be told later is said again with a delay.
    ['stockHints', SEND],
    ['work', dynamo('Query')],
    ['stock', dynamo('GetItem', 'Query', 'PutItem', 'DeleteItem')],
    // What the platform works on later, and how its webhook says that it ended.
    ['stockJobs', dynamo('GetItem', 'PutItem', 'DeleteItem'), ({ catalogueJobs }) => catalogueJobs],
    ['catalogueJob', dynamo('GetItem'), ({ catalogueJobs }) => catalogueJobs],
    ['stockLease', HOLD],
    ['stockTelling', dynamo('GetItem', 'PutItem')],
    ...calling(),
  ],
  install: [
    ['installState', HOLD],
    ['installLease', HOLD],
    ['bucket', dynamo('UpdateItem')],
    ['circuit', dynamo('GetItem', 'UpdateItem', 'DeleteItem')],
    ['reconcile', dynamo('UpdateItem')],
    ['app', READ_SECRET],
    // The function replaces the store's token and cannot read it.
    ['token', WRITE_SECRET],
  ],
};

/** What a consumer does beyond recording what comes in. */
const consumerTraits = ({ resources, oauth, deployment }: Platform) => ({
  fetches: resources.order.truth === 'fetched' || resources.order.reconciliation.lists === 'changes',
  privacy: deployment.sendsPrivacyRequests ?? false,
  installed: oauth !== undefined,
});

/** Whether a consumer only records: it calls nobody, sends nothing and reads no secret. */
export const onlyRecords = (platform: Platform): boolean =>
  Object.values(consumerTraits(platform)).every((trait) => !trait);

/** What a job of a platform may do: no action that its code does not need, and one entry for each target. */
export function permissionsOf(job: PlatformJob, channel: Pick<Channel, 'platform' | 'stores'>): Permission[] {
  const { name, resources, webhook, oauth, deployment } = channel.platform;
  const { truth, reconciliation } = resources.order;
  const calls = credentialsOfCalls(channel);
  const traits: Traits = {
    ...consumerTraits(channel.platform),
    records: reconciliation.lists !== 'changes',
    listsIds: reconciliation.lists === 'ids',
    pushed: truth === 'pushed',
    rotates: calls.rotates,
    catalogueJobs: deployment.tellsCatalogueJobs ?? false,
    mirrors: mirrors('product', channel) || mirrors('customer', channel),
    writesProducts: channel.stores.some((store) => !('refused' in productWriteOf(channel.platform, store))),
  };
  const credentials = { calls: calls.names, webhook: [webhook?.credential], app: [oauth?.appCredential] };
  const targetsOf = (place: Place): Target[] => {
    if (isPlain(place)) return [place];
    if (isControlKind(place)) return [{ items: place }];
    const names = place === 'token' ? [oauth?.tokenCredential] : credentials[place];
    return names.flatMap((credential) => (credential === undefined ? [] : [{ credential }]));
  };
  const byTarget = new Map<string, { target: Target; actions: Set<string> }>();
  for (const [place, actions, when = () => true] of ROWS[job]) {
    if (!when(traits)) continue;
    for (const target of targetsOf(place)) {
      const known = byTarget.get(nameOf(target)) ?? { target, actions: new Set<string>() };
      for (const action of actions) known.actions.add(action);
      byTarget.set(nameOf(target), known);
    }
  }
  return [...byTarget.values()].map(({ target, actions }) => ({
    target,
    actions: [...actions],
    ...partitionsOf(target, name),
  }));
}

const PLAIN = ['queue', 'commands', 'stockHints', 'stock', 'stockJobs', 'work', 'orders', 'changes'] as const;
const isPlain = (place: Place): place is (typeof PLAIN)[number] => PLAIN.some((one) => one === place);

/** The credentials that permissions let a function read or write. */
export const credentialsIn = (permissions: readonly Permission[]): string[] =>
  permissions.flatMap(({ target }) =>
    typeof target === 'object' && 'credential' in target ? [target.credential] : [],
  );

const nameOf = (target: Target): string =>
  typeof target === 'string' ? target : Object.values(target).join();

/** An index has keys of its own, and this one names the rows of a table in which the others' rows stay out of reach. */
function partitionsOf(target: Target, platform: PlatformName): Pick<Permission, 'partitions'> {
  if (target === 'orders') return { partitions: orderPartitions(platform) };
  if (target === 'stockJobs') return { partitions: [stockJobPartitions(platform)] };
  if (target === 'stock') return { partitions: [STOCK_PARTITIONS] };
  return typeof target === 'object' && 'items' in target
    ? { partitions: controlPartitions(target.items, platform) }
    : {};
}

/** Which credentials the platform's client asks for when it is made: those are what a job that makes calls has to read. */
export function credentialsOfCalls({ platform, stores }: Pick<Channel, 'platform' | 'stores'>) {
  const names = new Set<string>();
  let rotates = false;
  // Making a client calls nobody, so nothing of this is ever answered.
  const never = () => new Promise<never>(() => {});
  const connection: Connection = {
    clock: systemClock,
    secret(credential) {
      names.add(credential);
      return { get: never, fresh: never };
    },
    sender: () => never,
    fixedToken: () => ({ get: never, renew: never }),
    rotatingToken() {
      rotates = true;
      for (const name of [platform.oauth?.appCredential, platform.oauth?.tokenCredential])
        if (name !== undefined) names.add(name);
      return { get: never, renew: never };
    },
  };
  for (const store of stores)
    platform.connect(store, connection)({ correlationId: 'deployment', admit: never });
  return { names: [...names], rotates };
}
