import { messageSchema, pack, type SingleMessage, unpack } from '../../functions/runtime/queue.ts';
import { asObject } from '../../local/cloud/json.ts';

/** What an event says, in other words. */
type Reword = (text: string) => string;

/** The event of a function in other words. What a queue's messages carry is packed anew: its digest would be another. */
export function reworded(event: unknown, reword: Reword): unknown {
  const { Records, ...rest } = event as { Records?: { body?: string }[] };
  const renewed = JSON.parse(reword(JSON.stringify(rest))) as object;
  if (Records === undefined) return renewed;
  return { ...renewed, Records: Records.map((record) => rewordedRecord(record, reword)) };
}

function rewordedRecord({ body, ...rest }: { body?: string }, reword: Reword): object {
  const renewed = JSON.parse(reword(JSON.stringify(rest))) as object;
  if (body === undefined) return renewed;
  return { ...renewed, body: rewordedBody(body, reword) };
}

function rewordedBody(body: string, reword: Reword): string {
  const read = messageSchema().safeParse(JSON.parse(body));
  // Not of an intake queue: a command, a hint.
  if (!read.success) return reword(body);
  const message = read.data;
  return JSON.stringify(
    message.kind === 'cohort'
      ? { ...message, messages: message.messages.map((one) => rewordedMessage(one, reword)) }
      : rewordedMessage(message, reword),
  );
}

function rewordedMessage(message: SingleMessage, reword: Reword): object {
  if (!('payload' in message)) return asObject(JSON.parse(reword(JSON.stringify(message))));
  const { payload, ...rest } = message;
  const [packed] = pack(Buffer.from(reword(Buffer.from(unpack(payload)).toString())));
  return { ...asObject(JSON.parse(reword(JSON.stringify(rest)))), payload: packed };
}

/** An id of the same form that nobody has. */
export const otherThan = (id: string): string =>
  id.replace(/\d/g, () => String(1 + Math.floor(Math.random() * 9)));
