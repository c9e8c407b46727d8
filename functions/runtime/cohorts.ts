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

/** What comes back together, as few messages as it fits. A chunk of a payload travels alone: it is part of a whole itself. */
export function cohortsOf(travelling: readonly Travelling[]): Travelling[] {
  const alone = travelling.filter(({ message }) => !isSmall(message));
  const byDelay = Map.groupBy(
    travelling.filter(({ message }) => isSmall(message)),
    ({ delaySeconds }) => delaySeconds,
  );
  return [
    ...alone,
    ...[...byDelay].flatMap(([delaySeconds, group]) =>
      packed(group).map((messages): Travelling => ({ message: together(messages), delaySeconds })),
    ),
  ];
}

const isSmall = (message: Message): message is CohortMessage['messages'][number] =>
  message.kind === 'refresh' || (message.kind === 'received' && message.payload.chunk === undefined);

function packed(group: readonly Travelling[]): CohortMessage['messages'][] {
  const packs: CohortMessage['messages'][] = [];
  let room = 0;
  for (const { message } of group) {
    if (!isSmall(message)) continue;
    const bytes = Buffer.byteLength(JSON.stringify(message));
    const last = packs.at(-1);
    if (last === undefined || last.length >= MOST_TOGETHER || bytes > room) {
      packs.push([message]);
      room = MOST_BYTES - bytes;
    } else {
      last.push(message);
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
