import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import { epochMs } from '../domain/time.ts';
import type { Clock } from '../runtime/clock.ts';
import { applied, getItem, inPartition, isRefused, queryAll } from './dynamodb.ts';
import { ENDPOINTS_PK, endpointKey } from './erp-keys.ts';
import type { FeedPosition } from './feed.ts';

/**
 * Why an endpoint is sent nothing: a person paused it; the feed cannot be read from where it stands; it answered 410.
 * What reads it never has to know a word of a later release.
 */
export const STOP_REASONS = ['operator', 'expired', 'reset', 'ahead', 'gone'] as const;
export type StopReason = (typeof STOP_REASONS)[number];

const endpointItem = lazily(() =>
  z.object({
    id: z.string(),
    url: z.string(),
    /** `paused`: a person resumes it. `disabled`: the endpoint itself wants nothing more. */
    status: z.enum(['active', 'paused', 'disabled']),
    why: z.enum(STOP_REASONS).optional(),
    /** Types of events that it wants; all when absent. */
    types: z.array(z.string()).optional(),
    /** Of the feed; 0 until the first event came, where it was added before there was any. */
    epoch: z.int(),
    /** Everything up to and with this number was answered, or set aside. */
    seq: z.int(),
    /** Numbers beyond it that were answered as well. */
    ahead: z.array(z.int()).default([]),
    /** Events that a failing endpoint refused, and how: if it takes another one, they are set aside. */
    doubted: z.array(z.object({ seq: z.int(), status: z.int() })).optional(),
    /** Names of events that were set aside and that a person wants sent again. */
    redeliver: z.set(z.string()).default(() => new Set<string>()),
    /** The run that works on it, and until when it may (epoch ms). */
    leaseOwner: z.string().optional(),
    leaseUntil: epochMs().optional(),
    /** Calls in a row that failed. */
    failures: z.int().default(0),
    /** Epoch ms of the first of them, and before which the next is not made. */
    failingSince: epochMs().optional(),
    notBefore: epochMs().optional(),
    /** What the last one came to: a status or a code. */
    lastFailure: z.string().optional(),
    createdAt: epochMs(),
    lastDeliveredAt: epochMs().optional(),
  }),
);
export type Endpoint = z.infer<ReturnType<typeof endpointItem>>;

/** What a run writes of an endpoint. */
export type Progress = Pick<
  Endpoint,
  | 'epoch'
  | 'seq'
  | 'ahead'
  | 'doubted'
  | 'failures'
  | 'failingSince'
  | 'notBefore'
  | 'lastFailure'
  | 'lastDeliveredAt'
>;

/** Instances' clocks differ by up to this many ms; a lease counts as over only when it is over on every one of them. */
const CLOCK_SKEW_MS = 1000;

/** The endpoints as the delivery sees them: each is worked on by one run at a time, and only the run's own writes count. */
export interface EndpointLeases {
  /** The endpoint, leased to `owner` for `ms`; undefined where it is another's, is not due, or is sent nothing. */
  acquire(id: string, owner: string, ms: number): Promise<Endpoint | undefined>;
  /**
   * Writes how far the run has come, and answers how the endpoint stands then. Undefined when the lease was taken away:
   * then nothing of it counts.
   *
   * @param also `redelivered`: names of what was sent again; `ends`: the lease is given back
   */
  save(
    id: string,
    owner: string,
    progress: Progress,
    also: { redelivered: readonly string[]; ends: boolean },
  ): Promise<Endpoint | undefined>;
  /** Stops the endpoint and gives the lease back. */
  stop(id: string, owner: string, status: 'paused' | 'disabled', why: StopReason): Promise<boolean>;
  /** Gives the lease back and leaves the rest as it is. */
  release(id: string, owner: string): Promise<void>;
}

interface EndpointTable {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
}

export function createEndpointLeases(options: EndpointTable & { clock: Pick<Clock, 'now'> }): EndpointLeases {
  const { clock } = options;
  const held = (id: string, owner: string, update: Update): Promise<Endpoint | undefined> =>
    change(options, id, {
      ...update,
      condition: 'leaseOwner = :owner',
      values: { ...update.values, ':owner': owner },
    });
  return {
    acquire(id, owner, ms) {
      const now = clock.now();
      return change(options, id, {
        set: { leaseOwner: owner, leaseUntil: now + ms },
        condition:
          '#status = :active AND (attribute_not_exists(notBefore) OR notBefore <= :now) AND ' +
          // Its own run asks again when the first answer was lost on its way.
          '(attribute_not_exists(leaseOwner) OR leaseUntil < :over OR leaseOwner = :owner)',
        values: { ':active': 'active', ':now': now, ':over': now - CLOCK_SKEW_MS, ':owner': owner },
      });
    },
    save: (id, owner, progress, { redelivered, ends }) =>
      held(id, owner, {
        set: progress,
        remove: [...PASSING.filter((name) => progress[name] === undefined), ...(ends ? LEASE : [])],
        ...(redelivered.length === 0 ? {} : { take: redelivered }),
      }),
    stop: async (id, owner, status, why) =>
      (await held(id, owner, { set: { status, why }, remove: LEASE })) !== undefined,
    release: async (id, owner) => {
      await held(id, owner, { remove: LEASE });
    },
  };
}

/** Every endpoint there is. */
export const listEndpoints = ({ client, table }: EndpointTable): Promise<Endpoint[]> =>
  queryAll(client, inPartition(table, ENDPOINTS_PK), endpointItem());

/** The endpoints as a person changes them. Each change takes the lease away, so that no run writes over it. */
export interface EndpointAdmin {
  /** False when there is one of the id. */
  add(endpoint: Pick<Endpoint, 'id' | 'url' | 'types'>, from: FeedPosition): Promise<boolean>;
  get(id: string): Promise<Endpoint | undefined>;
  pause(id: string): Promise<boolean>;
  /** Sends to it again, at once, whatever it answered before. */
  resume(id: string): Promise<boolean>;
  /** Goes on from another place of the feed. */
  move(id: string, to: FeedPosition): Promise<boolean>;
  /** Wants events sent again that were set aside. */
  redeliver(id: string, names: readonly string[]): Promise<boolean>;
  remove(id: string): Promise<boolean>;
}

export function createEndpointAdmin(options: EndpointTable & { clock: Pick<Clock, 'now'> }): EndpointAdmin {
  const { client, table: TableName, clock } = options;
  const done = async (id: string, update: Update): Promise<boolean> =>
    (await change(options, id, update)) !== undefined;
  return {
    add: ({ id, url, types }, { epoch, seq }) =>
      applied(
        client.send(
          new PutCommand({
            TableName,
            Item: {
              ...endpointKey(id),
              id,
              url,
              types,
              status: 'active',
              epoch,
              seq,
              createdAt: clock.now(),
            },
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        ),
      ),
    get: (id) => getItem(client, TableName, endpointKey(id), endpointItem),
    pause: (id) => done(id, { set: { status: 'paused', why: 'operator' }, remove: LEASE }),
    resume: (id) => done(id, { set: { status: 'active' }, remove: ['why', ...LEASE, ...FAILING] }),
    move: (id, { epoch, seq }) =>
      done(id, { set: { epoch, seq }, remove: ['ahead', 'doubted', ...LEASE, ...FAILING] }),
    redeliver: (id, names) => done(id, { give: names }),
    remove: (id) =>
      applied(
        client.send(
          new DeleteCommand({
            TableName,
            Key: endpointKey(id),
            ConditionExpression: 'attribute_exists(pk)',
          }),
        ),
      ),
  };
}

const LEASE = ['leaseOwner', 'leaseUntil'];
const FAILING = ['failures', 'failingSince', 'notBefore', 'lastFailure'];
/** What of a run's progress is taken away where it no longer holds. */
const PASSING = [
  'doubted',
  'failingSince',
  'notBefore',
  'lastFailure',
] as const satisfies readonly (keyof Progress)[];

/** A write to an endpoint that exists. */
interface Update {
  readonly set?: Readonly<Record<string, unknown>>;
  readonly remove?: readonly string[];
  readonly condition?: string;
  readonly values?: Readonly<Record<string, unknown>>;
  /** What is added to the events that are to be sent again. */
  readonly give?: readonly string[];
  /** What is taken from them. */
  readonly take?: readonly string[];
}

/** The endpoint as it is then; undefined when there is none, or the condition was refused. */
async function change(
  { client, table: TableName }: EndpointTable,
  id: string,
  { set = {}, remove = [], condition, values = {}, give, take }: Update,
): Promise<Endpoint | undefined> {
  const assigned = Object.entries(set).filter(([, value]) => value !== undefined);
  const names = [...new Set([...assigned.map(([name]) => name), ...remove])];
  const again = give ?? take;
  const clauses = [
    assigned.length === 0 ? '' : `SET ${assigned.map(([name]) => `#${name} = :set_${name}`).join(', ')}`,
    remove.length === 0 ? '' : `REMOVE ${remove.map((name) => `#${name}`).join(', ')}`,
    again === undefined ? '' : `${give === undefined ? 'DELETE' : 'ADD'} redeliver :again`,
  ];
  const conditions = ['attribute_exists(pk)', ...(condition === undefined ? [] : [condition])];
  const used = [...names, ...(condition?.includes('#status') ? ['status'] : [])];
  try {
    const { Attributes } = await client.send(
      new UpdateCommand({
        TableName,
        Key: endpointKey(id),
        UpdateExpression: clauses.filter((clause) => clause !== '').join(' '),
        ConditionExpression: conditions.join(' AND '),
        ...(used.length === 0
          ? {}
          : { ExpressionAttributeNames: Object.fromEntries(used.map((name) => [`#${name}`, name])) }),
        ...valuesOf({
          ...values,
          ...Object.fromEntries(assigned.map(([name, value]) => [`:set_${name}`, value])),
          ...(again === undefined ? {} : { ':again': new Set(again) }),
        }),
        ReturnValues: 'ALL_NEW',
      }),
    );
    return endpointItem().parse(Attributes);
  } catch (error) {
    if (isRefused(error)) return undefined;
    throw error;
  }
}

const valuesOf = (values: Readonly<Record<string, unknown>>) =>
  Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values };
