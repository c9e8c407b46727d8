import { OwnError } from './describe-error.ts';
import type { CohortMessage, Message } from './queue.ts';

/** A message that is sent again, and when it comes back. */
export interface Travelling {
  message: Message;
  delaySeconds: number;
}

/** Messages that travel in one: what one function can pace, and what the queue charges as one (bytes of JSON). */
export const MOST_TOGETHER = 50;
const MOST_BYTES = 60_000;

/** One queue message, and what travels in it. */
export interface Cohort<T extends Travelling> extends Travelling {
  members: readonly T[];
}

/**
 * What comes back together, as few messages as it fits. A chunk of a payload travels alone: it is part of a whole itself. So
 * does what failed in a cohort before.
 */
export function cohortsOf<T extends Travelling>(travelling: readonly T[]): Cohort<T>[] {
  const alone = travelling.filter(({ message }) => !isSmall(message));
  const byDelay = Map.groupBy(
    travelling.filter(({ message }) => isSmall(message)),
    ({ delaySeconds }) => delaySeconds,
  );
  return [
    ...alone.map((one) => ({ ...one, members: [one] })),
    ...[...byDelay].flatMap(([delaySeconds, group]) =>
      packed(group).map((members) => ({
        message: together(members.map(({ message }) => message).filter(isSmall)),
        delaySeconds,
        members,
      })),
    ),
  ];
}

const isSmall = (message: Message): message is CohortMessage['messages'][number] =>
  message.alone === undefined &&
  (message.kind === 'refresh' || (message.kind === 'received' && message.payload.chunk === undefined));

function packed<T extends Travelling>(group: readonly T[]): T[][] {
  const packs: T[][] = [];
  let room = 0;
  for (const one of group) {
    const bytes = Buffer.byteLength(JSON.stringify(one.message));
    const last = packs.at(-1);
    if (last === undefined || last.length >= MOST_TOGETHER || bytes > room) {
      packs.push([one]);
      room = MOST_BYTES - bytes;
    } else {
      last.push(one);
      room -= bytes;
    }
  }
  return packs;
}

/** One message is itself; several are a cohort under the first one's id. */
function together(messages: CohortMessage['messages']): Message {
  const [first, ...others] = messages;
  if (first === undefined) throw new OwnError('a cohort of messages is empty');
  if (others.length === 0) return first;
  const { v, correlationId, receivedAt } = first;
  return { v, kind: 'cohort', correlationId, receivedAt, attempts: 0, messages };
}
