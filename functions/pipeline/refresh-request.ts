import type { Origin } from '../domain/order-row.ts';
import { nameOf, type Subject } from '../domain/resource.ts';
import type { EpochMs } from '../domain/time.ts';
import { mostUrgent } from '../rate-limit/gate.ts';
import type { Priority } from '../rate-limit/limits.ts';
import { EARLY_MS } from '../rate-limit/slots.ts';
import type { Clock } from '../runtime/clock.ts';
import { OwnError } from '../runtime/describe-error.ts';
import type { Message } from '../runtime/queue.ts';
import { type PendingFetch, type PendingFetches, TOO_SOON_MS } from '../storage/pending-fetches.ts';
import type { QueueMessage } from './batch.ts';

/** One order or product that is said to have changed, with every message of the batch that says so. */
export interface RefreshRequest {
  subject: Subject;
  messages: QueueMessage[];
  /** The message received last of the most urgent: the fetch it leads to serves them all, so it alone waits when they have to. */
  newest: QueueMessage;
  /** Epoch ms at which the last of them was received: a fetch has to begin after it. */
  receivedAt: number;
  /** The most urgent among the messages: a backfill never makes a buyer's order wait. */
  priority: Priority;
  origin: Origin;
  /** When the line of this priority promised a slot; absent when none of its messages stood in it. */
  scheduledAt?: number;
  /** Its pending fetch, once that was looked at. */
  pending?: { found: PendingFetch | undefined };
}

/** What messages say has changed. */
export interface Changed {
  subject: Subject;
  messages: QueueMessage[];
}

/** What changed, by its name: whatever says that one thing changed is served by one fetch. */
export type ChangedThings = Map<string, Changed>;

/** Adds a message that says that something changed. */
export function addChange(things: ChangedThings, subject: Subject, message: QueueMessage): void {
  const name = nameOf(subject);
  things.set(name, { subject, messages: [...(things.get(name)?.messages ?? []), message] });
}

/** A fetch serves an event only if it began this much after the event was received, because instances' clocks differ (ms). */
const CLOCK_MARGIN_MS = 1000;

/** What messages of one order or product ask for. Reads nothing. */
export function requestOf({ subject, messages }: Changed): RefreshRequest {
  const priority = mostUrgent(messages.map(({ message }) => priorityOf(message, subject)));
  const foremost = messages.filter(({ message }) => priorityOf(message, subject) === priority);
  const newest = newestOf(foremost);
  const slots = foremost.map(({ message }) => message.scheduledAt).filter((slot) => slot !== undefined);
  return {
    subject,
    messages,
    newest,
    receivedAt: Math.max(...messages.map(({ message }) => message.receivedAt)),
    priority,
    origin: newest.message.kind === 'refresh' ? newest.message.origin : 'webhook',
    ...(slots.length > 0 ? { scheduledAt: Math.min(...slots) } : {}),
  };
}

/** Whether the turn of a request may have come. */
export const isDue = ({ scheduledAt }: RefreshRequest, now: EpochMs): boolean =>
  scheduledAt === undefined || scheduledAt <= now + EARLY_MS;

/**
 * Whether others count on the fetch that a request waits for. Nobody counts on one in bulk: it is the last to be served, and
 * what is asked for in bulk a second time finds at its turn that it was fetched.
 */
export const isAnnounced = ({ priority }: RefreshRequest): boolean => priority !== 'bulk';

/** Whether a message that waits in the queue will fetch it anyway, for an event that has no turn yet. */
export async function joinsOther(pending: PendingFetches, request: RefreshRequest): Promise<boolean> {
  const { subject, messages, newest, receivedAt, priority } = request;
  if (!isAnnounced(request) || messages.some(({ message }) => message.scheduledAt !== undefined))
    return false;
  const found = await pending.get(subject);
  request.pending = { found };
  if (messages.some(({ message }) => message.correlationId === found?.owner)) return false;
  return pending.coalesce(subject, { me: newest.message.correlationId, receivedAt, priority }, found);
}

/**
 * Looks whether something still has to be fetched for its messages, at their turn: the thing as its row is then, or undefined
 * when it was fetched after the last event that counts on this.
 *
 * @param find reads the row
 */
export async function findNeed<Thing extends { understoodAt: EpochMs | undefined }>(
  {
    find,
    ...waiting
  }: { find(subject: Subject): Promise<Thing>; pending: PendingFetches; clock: Pick<Clock, 'now'> },
  request: RefreshRequest,
): Promise<Thing | undefined> {
  const [thing, fetch] = await Promise.all([find(request.subject), pendingOf(waiting, request)]);
  const ours = isOwn(request, fetch);
  // Events that joined this fetch were forgotten by the queue: their time is kept beside it, and it counts for whoever owns it.
  const staleSince = Math.max(request.receivedAt, ours ? (fetch?.staleSince ?? 0) : 0);
  const { understoodAt } = thing;
  return understoodAt !== undefined && understoodAt > staleSince + CLOCK_MARGIN_MS ? undefined : thing;
}

/** Whether a pending fetch is the one that one of the request's messages waits for. */
const isOwn = ({ messages }: RefreshRequest, fetch: PendingFetch | undefined): boolean =>
  messages.some(({ message }) => message.correlationId === fetch?.owner);

async function pendingOf(
  { pending, clock }: { pending: PendingFetches; clock: Pick<Clock, 'now'> },
  request: RefreshRequest,
): Promise<PendingFetch | undefined> {
  if (!isAnnounced(request)) return undefined;
  const { subject } = request;
  const found = request.pending === undefined ? await pending.get(subject) : request.pending.found;
  const now = clock.now();
  if (found === undefined || !isOwn(request, found) || found.scheduledAt <= now + TOO_SOON_MS) return found;
  // Its turn came before its time, as after a plan that was raised. Who counted on it still after the call would be forgotten.
  const { owner: me, ...fetch } = found;
  await pending.schedule(subject, { ...fetch, me, scheduledAt: now }, { found });
  request.pending = { found: await pending.get(subject) };
  return request.pending.found;
}

/** An order whose buyer is waiting goes before the catalogue, and that before backfill. */
const priorityOf = (message: Message, { resource }: Subject): Priority => {
  if (message.kind === 'refresh') return message.priority;
  return resource === 'order' ? 'urgent' : 'normal';
};

const newestOf = ([first, ...others]: QueueMessage[]): QueueMessage => {
  if (first === undefined) throw new OwnError('a group of messages is empty');
  return others.reduce(
    (newest, next) => (next.message.receivedAt >= newest.message.receivedAt ? next : newest),
    first,
  );
};
