import * as z from 'zod';
import {
  COMMAND_STATES,
  CUSTOMER_COMMAND,
  commandProblemSchema,
  isErpCommand,
  isFinal,
  personalFields,
  STORED_COMMANDS,
} from '../domain/command.ts';
import type { CommandSubject } from '../domain/command-subject.ts';
import { lazily } from '../domain/lazily.ts';
import { type EpochMs, epochMs, isoTime } from '../domain/time.ts';
import { commandKey, commandWork } from './command-keys.ts';
import { TABLE_KEYS, WORK_INDEX } from './keys.ts';

/** One command and where it stands. Times are epoch ms. */
export const commandSchema = lazily(() =>
  z.object({
    /** Its place among the order's commands, from 1. */
    n: z.int().min(1),
    client: z.string(),
    /** The client's own id of it. */
    id: z.string(),
    command: z.enum(STORED_COMMANDS),
    input: z.record(z.string(), z.unknown()),
    /** Of the canonical JSON of what the client sent. */
    sha256: z.string(),
    state: z.enum(COMMAND_STATES),
    acceptedAt: epochMs(),
    updatedAt: epochMs(),
    /** Nobody calls the platform for it from here on. */
    giveUpAt: epochMs(),
    /** Nobody looks at it before. */
    dueAt: epochMs().optional(),
    /** Of whoever wrote it last. */
    fence: z.int(),
    /** Calls that were begun to bring about the step that is missing. */
    tries: z.int(),
    /** Calls in a row that failed and are made again. */
    failures: z.int(),
    /** Steps that calls of ours brought about and that were seen: a command may take several. Hashes of their names. */
    stepsSeen: z.array(z.string()),
    /** When the call began whose effect was not seen yet. */
    calledAt: epochMs().optional(),
    /** When that call was over, at the latest. Absent while it is made, or when whoever made it was cut off. */
    callEndedAt: epochMs().optional(),
    /** What that call was for: a hash of the platform's own name of the step, which may hold a tracking code. */
    step: z.string().optional(),
    /** Other calls were to follow that one, as far as was known when it began. */
    more: z.literal(true).optional(),
    /** The platform answered that call with a success. */
    answered: z.literal(true).optional(),
    /** The effect was there before we made a call. */
    already: z.literal(true).optional(),
    /** Whether the platform showed the effect afterwards; of commands that are done. */
    seen: z.boolean().optional(),
    /** What could not be seen of the effect. */
    unconfirmed: z.array(z.string()).optional(),
    /** Fields of the input that the platform has no place for; of commands that are done. */
    ignored: z.array(z.string()).optional(),
    /** Why it did not come about, or what nobody knows; for people. */
    reason: z.string().optional(),
    /** What was refused of it, of what comes in parts; the other parts were brought about. */
    problems: z.array(commandProblemSchema()).optional(),
    /** What the platform said in its own words, which may quote what was sent to it. */
    platformSays: z.string().optional(),
    /** What may tell of a person is gone from it, for good. */
    erased: z.literal(true).optional(),
    /** Counts the events that tell of it. */
    eventCount: z.int(),
    correlationId: z.string(),
  }),
);
export type Command = z.infer<ReturnType<typeof commandSchema>>;

/** A command with what it is for. */
export interface Found {
  readonly key: CommandSubject;
  readonly command: Command;
}

const ATTENTION = { in_doubt: 'in-doubt', failed: 'failed', expired: 'failed' } as const;

/** A merchant's system sends each customer and each product again and again. An id goes before its command, so that none names nothing. */
const KEPT_DAYS = { id: 30, ended: 60 };

/** When what is kept of a command for a customer or a product expires; what is kept of the others never does. @param at epoch ms */
export const expiryOf = ({ command }: Pick<Command, 'command'>, what: keyof typeof KEPT_DAYS, at: EpochMs) =>
  isErpCommand(command) ? { [TABLE_KEYS.expiry]: Math.floor(at / 1000) + KEPT_DAYS[what] * 24 * 3600 } : {};

/** The stored item. It has the attributes of the index of unfinished work only while it waits for a person. */
export function itemOf(key: CommandSubject, command: Command): Record<string, unknown> {
  const { state, updatedAt } = command;
  const waits = state === 'in_doubt' || state === 'failed' || state === 'expired';
  return {
    ...commandKey(key, command.n),
    ...command,
    ...(isFinal(state) ? expiryOf(command, 'ended', updatedAt) : {}),
    ...(waits
      ? {
          [WORK_INDEX.partition]: commandWork(key.platform, ATTENTION[state]),
          [WORK_INDEX.sort]: isoTime(updatedAt),
        }
      : {}),
  };
}

/** The command without what may tell of a person; undefined when there is nothing of that in it. */
export function withoutPerson(command: Command): Command | undefined {
  const { platformSays, ...rest } = command;
  const personal = new Set(personalFields(command.command, command.input));
  if (personal.size === 0 && platformSays === undefined) return undefined;
  const input = Object.fromEntries(Object.entries(command.input).filter(([field]) => !personal.has(field)));
  // A hash of a short text gives the text away to whoever guesses it.
  return { ...rest, input, sha256: '', erased: true };
}

/**
 * A command of a customer once it goes no further by itself: nothing of the person stays. Who needs it has it: the merchant's
 * system, which sends it again, and the platform. So an erasure has to reach commands under way alone.
 */
export const withoutUse = (command: Command): Command =>
  command.command !== CUSTOMER_COMMAND || command.state === 'accepted' || command.state === 'running'
    ? command
    : (withoutPerson(command) ?? command);

/** Commands of an order that nobody is through with, the first one first. */
export const unfinished = (commands: readonly Command[]): Command[] =>
  commands.filter(({ state }) => !isFinal(state));
