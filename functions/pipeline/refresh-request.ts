import type { Origin } from '../domain/order-row.ts';
import { nameOf, type Subject } from '../domain/resource.ts';
import type { EpochMs } from '../domain/time.ts';
import { mostUrgent } from '../rate-limit/gate.ts';
import type { Priority } from '../rate-limit/limits.ts';
import { OwnError } from '../runtime/describe-error.ts';
import type { Message } from '../runtime/queue.ts';
import type { PendingFetches } from '../storage/pending-fetches.ts';
import type { QueueMessage } from './batch.ts';

/** One order or product that changed and was not fetched since, with every message of the batch that says so. */
export interface RefreshRequest {
  subject: Subject;
  messages: QueueMessage[];
  /** The message received last of the most urgent: the fetch it leads to serves them all, so it alone waits when they have to. */
  newest: QueueMessage;
  /** Epoch ms after which a fetch has to begin to serve everything that counts on this one. */
  staleSince: number;
  /** The most urgent among the messages: a backfill never makes a buyer's order wait. */
  priority: Priority;
  origin: Origin;
  /** When the line of this priority promised a slot; absent when none of its messages stood in it. */
  scheduledAt?: number;
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

/**
 * Decides whether something still has to be fetched for these messages. `undefined` when it need not: it was fetched after
 * the last of them came in, or another message that waits in the queue will fetch it.
 *
 * @param understoodAt when the platform was last asked for it and its answer understood; undefined while it never was
 */
export async function needsRefresh(
  {
    understoodAt,
    pending,
  }: { understoodAt(subject: Subject): Promise<EpochMs | undefined>; pending: PendingFetches },
  { subject, messages }: Changed,
): Promise<RefreshRequest | undefined> {
  const priority = mostUrgent(messages.map(({ message }) => priorityOf(message, subject)));
  const foremost = messages.filter(({ message }) => priorityOf(message, subject) === priority);
  const newest = newestOf(foremost);
  const { correlationId } = newest.message;
  const receivedAt = Math.max(...messages.map(({ message }) => message.receivedAt));
  const [knownAt, fetch] = await Promise.all([understoodAt(subject), pending.get(subject)]);
  const ours = messages.some(({ message }) => message.correlationId === fetch?.owner);
  // Events that joined this fetch were forgotten by the queue: their time is kept beside it, and it counts for whoever owns it.
  const staleSince = Math.max(receivedAt, ours ? (fetch?.staleSince ?? 0) : 0);
  if (knownAt !== undefined && knownAt > staleSince + CLOCK_MARGIN_MS) return undefined;
  const stoodInLine = messages.some(({ message }) => message.scheduledAt !== undefined);
  const joins = !stoodInLine && !ours;
  if (joins && (await pending.coalesce(subject, { me: correlationId, receivedAt, priority })))
    return undefined;
  const slots = foremost.map(({ message }) => message.scheduledAt).filter((slot) => slot !== undefined);
  return {
    subject,
    messages,
    newest,
    staleSince,
    priority,
    origin: newest.message.kind === 'refresh' ? newest.message.origin : 'webhook',
    ...(slots.length > 0 ? { scheduledAt: Math.min(...slots) } : {}),
  };
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
