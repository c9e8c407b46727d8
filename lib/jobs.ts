import type { Channel } from '../config/merchant.ts';
import type { Connection } from '../functions/platforms/calls.ts';
import type { Platform } from '../functions/platforms/platform.ts';
import { systemClock } from '../functions/runtime/clock.ts';
import type { Job } from '../functions/runtime/environment.ts';

/** The jobs that a platform needs, each a function of its own. */
export function jobsOf({ webhook, poll, oauth }: Platform): Job[] {
  return [
    'process',
    'reconcile',
    ...(webhook === undefined ? [] : (['receive'] as const)),
    ...(poll === undefined ? [] : (['poll'] as const)),
    ...(oauth === undefined ? [] : (['install'] as const)),
  ];
}

/** Something that a function may be let at: a queue, a table, an index of one, or the secrets of one credential. */
export type Target = 'queue' | 'orders' | 'changes' | 'control' | { readonly credential: string };

/** Exactly what a job may do with one target. */
export interface Permission {
  readonly target: Target;
  readonly actions: readonly string[];
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
  /** Calls replace the token that they are made with. */
  readonly rotates: boolean;
}

/** `calls`: every credential that the platform's client asks for. */
type Place = Exclude<Target, object> | 'calls' | 'webhook' | 'app' | 'token';
type Row = readonly [place: Place, actions: readonly string[], when?: (traits: Traits) => boolean];

const dynamo = (...actions: readonly string[]): string[] => actions.map((action) => `dynamodb:${action}`);
const SEND = ['sqs:SendMessage'];
const READ_SECRET = ['secretsmanager:GetSecretValue'];
const WRITE_SECRET = ['secretsmanager:PutSecretValue'];
/** Rows and raw bytes are read, written, and taken back when the personal data in them was erased. */
const RECORD = dynamo('GetItem', 'PutItem', 'DeleteItem', 'Query');
/** Buckets, circuits, leases, requests to fetch, progress and reports. */
const REMEMBER = dynamo('GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query');

/**
 * What the code of each job does, row by row; every row is there for calls that can be found in functions/. A statement of
 * the function's policy is made from the rows of one target.
 */
const ROWS: Readonly<Record<Job, readonly Row[]>> = {
  receive: [
    ['queue', SEND],
    ['webhook', READ_SECRET],
  ],
  poll: [
    ['queue', SEND],
    ['control', REMEMBER],
    ['calls', READ_SECRET],
    ['token', WRITE_SECRET, ({ rotates }) => rotates],
  ],
  process: [
    // What Lambda's own event source does in the role's name.
    ['queue', ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes']],
    // A fetch that waits is sent again with a delay, and so is what is left of an erasure.
    ['queue', SEND, ({ fetches, privacy }) => fetches || privacy],
    ['orders', RECORD],
    // A request to erase a store's personal data names no order.
    ['changes', dynamo('Query'), ({ privacy }) => privacy],
    // Chunks of large payloads, and how catalogue jobs ended.
    ['control', dynamo('PutItem', 'Query')],
    ['control', REMEMBER, ({ fetches, privacy, installed }) => fetches || privacy || installed],
    ['calls', READ_SECRET, ({ fetches }) => fetches],
    ['token', WRITE_SECRET, ({ fetches, rotates }) => fetches && rotates],
  ],
  reconcile: [
    ['queue', SEND, ({ records }) => !records],
    ['orders', dynamo('GetItem')],
    ['orders', RECORD, ({ records }) => records],
    ['control', REMEMBER],
    ['calls', READ_SECRET],
    ['token', WRITE_SECRET, ({ rotates }) => rotates],
  ],
  install: [
    // States of visits, leases, buckets and circuits; nothing is listed.
    ['control', dynamo('GetItem', 'PutItem', 'UpdateItem', 'DeleteItem')],
    ['app', READ_SECRET],
    // The function replaces the store's token and cannot read it.
    ['token', WRITE_SECRET],
  ],
};

/** What a job of a platform may do: no action that its code does not need, and one entry for each target. */
export function permissionsOf(job: Job, channel: Pick<Channel, 'platform' | 'stores'>): Permission[] {
  const { resources, webhook, oauth, deployment } = channel.platform;
  const { truth, reconciliation } = resources.order;
  const calls = credentialsOfCalls(channel);
  const traits: Traits = {
    fetches: truth === 'fetched' || reconciliation.lists === 'changes',
    privacy: deployment.sendsPrivacyRequests ?? false,
    installed: oauth !== undefined,
    records: reconciliation.lists !== 'changes',
    rotates: calls.rotates,
  };
  const credentials = { calls: calls.names, webhook: [webhook?.credential], app: [oauth?.appCredential] };
  const targetsOf = (place: Place): Target[] => {
    if (place === 'queue' || place === 'orders' || place === 'changes' || place === 'control') return [place];
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
  return [...byTarget.values()].map(({ target, actions }) => ({ target, actions: [...actions] }));
}

const nameOf = (target: Target): string =>
  typeof target === 'string' ? target : `secret ${target.credential}`;

/** Which credentials the platform's client asks for when it is made: those are what a job that makes calls has to read. */
function credentialsOfCalls({ platform, stores }: Pick<Channel, 'platform' | 'stores'>) {
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
