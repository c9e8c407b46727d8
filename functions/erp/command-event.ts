import { type CommandSubject, kindOfSubject } from '../domain/command-subject.ts';
import type { EventType, NewEvent } from '../domain/event.ts';
import { eventId, subjectName } from '../domain/item-name.ts';
import { type EpochMs, isoTime } from '../domain/time.ts';
import { type Command, commandSchema } from '../storage/command-item.ts';
import { numberOfCommandSk, subjectOfPk } from '../storage/command-keys.ts';

type Item = Readonly<Record<string, unknown>>;

/** Whether an item of the orders table is a command. */
export const isCommand = (item: Item | undefined): item is Item =>
  typeof item?.sk === 'string' && numberOfCommandSk(item.sk) !== undefined;

/** What is told of where a command stands; nothing while it is under way. */
const TYPES: Readonly<Partial<Record<Command['state'], EventType>>> = {
  done: 'command.done',
  refused: 'command.refused',
  failed: 'command.failed',
  in_doubt: 'command.in_doubt',
  expired: 'command.expired',
};

/**
 * The event that a write of a command makes; undefined when nobody has to be told of it. One that cannot be read makes an
 * `order.attention` of its order, or a `customer.attention` or `product.attention`. Never throws.
 */
export function commandEventOf(
  { before, after, at }: { before?: Item | undefined; after?: Item | undefined; at: EpochMs },
  epoch: number,
): NewEvent | undefined {
  const key = keyOf(after?.pk);
  if (key === undefined) return undefined;
  const read = commandSchema().safeParse(after);
  if (!read.success) {
    const id = eventId(key, 'command', epoch, `${after?.sk}-unreadable`);
    const type = `${kindOfSubject(key)}.attention` as const;
    return { id, type, at: isoTime(at), key: subjectName(key) };
  }
  return read.data.eventCount === before?.eventCount || read.data.eventCount === 0
    ? undefined
    : eventOfCommand(key, read.data, epoch);
}

/** What a command has come to, as an event; undefined while it is under way. */
export function eventOfCommand(key: CommandSubject, command: Command, epoch: number): NewEvent | undefined {
  const { n, eventCount, client, id, state, already, seen, updatedAt } = command;
  const type = TYPES[state];
  if (type === undefined) return undefined;
  return {
    id: eventId(key, 'command', epoch, `${n}.${eventCount}`),
    type,
    at: isoTime(updatedAt),
    key: subjectName(key),
    command: {
      client,
      id,
      name: command.command,
      ...(already === undefined ? {} : { already }),
      ...(seen === undefined ? {} : { seen }),
    },
  };
}

function keyOf(pk: unknown): CommandSubject | undefined {
  if (typeof pk !== 'string') return undefined;
  try {
    return subjectOfPk(pk);
  } catch {
    return undefined;
  }
}
