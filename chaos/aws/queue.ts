import type { SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import type { Loop } from '../time/loop.ts';
import { checkMessage } from './limits.ts';

/** A message as a receiver gets it. */
export interface Received {
  messageId: string;
  body: string;
  /** Epoch ms at which it was sent first. */
  sentAt: number;
  receives: number;
}

/** How unruly a standard queue is at the moment. */
export interface Disorder {
  /** Chance that a message is delivered once more although it was deleted. */
  duplicates: number;
  /** A message may come up to this much later than it was sent (ms). */
  lateMs: number;
  /** Messages that are held back until `until` (epoch ms), with the chance that one is; absent when none are. */
  held?: { chance: number; until: number };
}

export interface QueueOptions {
  name: string;
  visibilityMs: number;
  /** Receives after which a message goes to the dead letters. */
  maxReceives: number;
  loop: Loop;
  random: SeededRandom;
  disorder: () => Disorder;
}

interface Stored extends Received {
  visibleAt: number;
}

/** Messages that were given up, for the operator to look into. */
export interface DeadLetterQueue {
  readonly messages: readonly Received[];
  /** Up to `most` messages, which nobody else gets for `hiddenMs`. */
  receive(most: number, hiddenMs: number): Received[];
  /** Makes a received message visible again after `ms`. */
  hide(messageId: string, ms: number): void;
  delete(messageId: string): void;
}

/** A standard queue with its dead-letter queue: at least once, in any order. */
export interface SimQueue {
  readonly name: string;
  readonly deadLetters: DeadLetterQueue;
  /** @throws Error by SQS's own name, for a message that it refuses. */
  /** Answers the id of the message. */
  send(body: string, delaySeconds: number): string;
  /** Up to `most` messages that are visible now, in no particular order; they are invisible for the visibility time. */
  receive(most: number): Received[];
  delete(messageId: string): void;
  /** When the next message becomes visible (epoch ms); `undefined` when there is none. */
  nextAt(): number | undefined;
  readonly size: number;
  /** Called with the time at which a new message will be visible. */
  onSend: (visibleAt: number) => void;
}

/** Each copy of a message that waits is sent again and copied again: without a bound they would fill the world. */
const MOST_WITH_DUPLICATES = 40;

export function createSimQueue(options: QueueOptions): SimQueue {
  const { name, visibilityMs, maxReceives, loop, random, disorder } = options;
  const stored = new Set<Stored>();
  const given = createDeadLetters(loop);
  let sent = 0;
  const add = (messageId: string, body: string, visibleAt: number) => {
    stored.add({ messageId, body, sentAt: Math.round(loop.now()), visibleAt, receives: 0 });
    queue.onSend(visibleAt);
  };
  const queue: SimQueue = {
    name,
    deadLetters: given,
    onSend: () => {},
    get size() {
      return stored.size;
    },
    send(body, delaySeconds) {
      checkMessage(body);
      sent += 1;
      const { duplicates, lateMs, held } = disorder();
      const messageId = `${name}-${sent}`;
      const due = loop.now() + delaySeconds * 1000 + random.next() * lateMs;
      const visibleAt = held !== undefined && random.chance(held.chance) ? Math.max(due, held.until) : due;
      add(messageId, body, visibleAt);
      // A server that missed the deletion gives the message out again, under the same id.
      if (random.chance(duplicates) && stored.size < MOST_WITH_DUPLICATES)
        add(messageId, body, visibleAt + random.next() * 30_000);
      return messageId;
    },
    receive(most) {
      const now = loop.now();
      const visible = [...stored].filter(({ visibleAt }) => visibleAt <= now);
      for (let index = visible.length - 1; index > 0; index -= 1) {
        const other = random.int(0, index);
        const [a, b] = [visible[index], visible[other]];
        if (a !== undefined && b !== undefined) [visible[index], visible[other]] = [b, a];
      }
      const taken: Received[] = [];
      for (const message of visible) {
        if (message.receives >= maxReceives) {
          stored.delete(message);
          given.add(message);
        } else if (taken.length < most && !taken.some(({ messageId }) => messageId === message.messageId)) {
          message.receives += 1;
          message.visibleAt = now + visibilityMs;
          const { messageId, body, sentAt, receives } = message;
          taken.push({ messageId, body, sentAt, receives });
        }
      }
      return taken;
    },
    delete(messageId) {
      // One copy: the other is on a server that did not hear of it.
      for (const message of stored) {
        if (message.messageId !== messageId || message.receives === 0) continue;
        stored.delete(message);
        return;
      }
    },
    nextAt() {
      let next: number | undefined;
      for (const { visibleAt } of stored) if (next === undefined || visibleAt < next) next = visibleAt;
      return next;
    },
  };
  return queue;
}

/** The same queue, from which messages to it vanish. @param lost the chance of it now; undefined while none does */
export const losing = (queue: SimQueue, random: SeededRandom, lost: () => number | undefined): SimQueue => ({
  ...queue,
  get size() {
    return queue.size;
  },
  send(body, delaySeconds) {
    const chance = lost();
    return chance === undefined || !random.chance(chance) ? queue.send(body, delaySeconds) : 'lost';
  },
});

function createDeadLetters(loop: Loop): DeadLetterQueue & { add(message: Received): void } {
  const stored = new Map<string, Stored>();
  return {
    get messages() {
      return [...stored.values()];
    },
    add: (message) => void stored.set(message.messageId, { ...message, visibleAt: 0 }),
    receive(most, hiddenMs) {
      const visible = [...stored.values()].filter(({ visibleAt }) => visibleAt <= loop.now()).slice(0, most);
      for (const message of visible) {
        message.receives += 1;
        message.visibleAt = loop.now() + hiddenMs;
      }
      return visible;
    },
    hide(messageId, ms) {
      const message = stored.get(messageId);
      if (message !== undefined) message.visibleAt = loop.now() + ms;
    },
    delete: (messageId) => void stored.delete(messageId),
  };
}
