import * as z from 'zod';
import { COMMAND_STATES, commandProblemSchema, isErpCommand, STORED_COMMANDS } from '../../domain/command.ts';
import { kindOfSubject } from '../../domain/command-subject.ts';
import { subjectName } from '../../domain/item-name.ts';
import { lazily } from '../../domain/lazily.ts';
import { isoTime } from '../../domain/time.ts';
import type { Found } from '../../storage/command-item.ts';

/** A command as the API shows it. */
export const commandView = lazily(() =>
  z.object({
    /** Your own id of it. */
    id: z.string(),
    /** Whose command it is: a client sees the input of its own ones only. */
    client: z.string(),
    /** The order that it is for. */
    order: z.string().optional(),
    /** The customer of your system that it is for: `platform:store:erp-customer:id`. */
    customer: z.string().optional(),
    /** The product of your system that it is for: `platform:store:erp-product:id`. */
    product: z.string().optional(),
    command: z.enum(STORED_COMMANDS),
    input: z.record(z.string(), z.unknown()).optional(),
    state: z.enum(COMMAND_STATES),
    acceptedAt: z.string(),
    updatedAt: z.string(),
    /** Nobody calls the platform for it from here on. */
    expiresAt: z.string(),
    /** While it is under way and waits: until when. */
    waitsUntil: z.string().optional(),
    /** The effect was there before we made a call. */
    already: z.literal(true).optional(),
    /** Of what is done: whether the platform showed the effect afterwards. */
    seen: z.boolean().optional(),
    /** What of the effect could not be seen. */
    unconfirmed: z.array(z.string()).optional(),
    /** Fields of the input that the platform has no place for. */
    ignored: z.array(z.string()).optional(),
    /** Why it did not come about, or what nobody knows; for people. */
    reason: z.string().optional(),
    /** What was refused of it, field by field; the rest of it was done. */
    problems: z.array(commandProblemSchema()).optional(),
    /** What the platform said in its own words. */
    platformSays: z.string().optional(),
    /** What may tell of a person was erased from it. */
    erased: z.literal(true).optional(),
  }),
);
export type CommandView = z.infer<ReturnType<typeof commandView>>;

/** What a client may see of a command. */
export function viewOfCommand({ key, command }: Found, client: string): CommandView {
  const { id, state, acceptedAt, updatedAt, giveUpAt, dueAt } = command;
  const { already, seen, unconfirmed, ignored, reason, problems, platformSays, erased } = command;
  const own = command.client === client;
  const view = {
    id,
    client: command.client,
    [kindOfSubject(key)]: subjectName(key),
    command: command.command,
    // Whoever may see commands may not yet see customers, and what a product is to be is large.
    input: own && !isErpCommand(command.command) ? command.input : undefined,
    state,
    acceptedAt: isoTime(acceptedAt),
    updatedAt: isoTime(updatedAt),
    expiresAt: isoTime(giveUpAt),
    waitsUntil: dueAt === undefined ? undefined : isoTime(dueAt),
    already,
    seen,
    unconfirmed,
    ignored,
    reason,
    problems,
    platformSays: own ? platformSays : undefined,
    erased,
  };
  return Object.fromEntries(Object.entries(view).filter(([, value]) => value !== undefined)) as CommandView;
}
