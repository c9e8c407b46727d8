import * as z from 'zod';
import { lazily } from './lazily.ts';

/** What the merchant's own system can ask to be done to an order at its platform. */
export const COMMANDS = [
  'ready',
  'dispatch',
  'track',
  'deliver',
  'cancel',
  'items',
  'invoice',
  'note',
  'close',
  'reopen',
  'pay',
] as const;
export type CommandName = (typeof COMMANDS)[number];

/** What is done to a customer of the merchant's own system. It comes by a route of its own. */
export const CUSTOMER_COMMAND = 'customer';
/** The same of a product. */
export const PRODUCT_COMMAND = 'product';
/** Every name that a stored command, or an event of one, has. */
export const STORED_COMMANDS = [...COMMANDS, CUSTOMER_COMMAND, PRODUCT_COMMAND] as const;
export type StoredCommandName = (typeof STORED_COMMANDS)[number];

/** Commands of what the merchant's own system has, which come again and again. */
export type ErpCommandName = typeof CUSTOMER_COMMAND | typeof PRODUCT_COMMAND;
export const isErpCommand = (command: StoredCommandName): command is ErpCommandName =>
  command === CUSTOMER_COMMAND || command === PRODUCT_COMMAND;

/**
 * Commands that move an order along its way, or may invite a customer: they run one after the other, and none while it is in doubt
 * whether an earlier one had its effect. What a product is to be is looked for whatever became of an earlier call.
 */
export const STATUS_COMMANDS: ReadonlySet<StoredCommandName> = new Set<StoredCommandName>([
  CUSTOMER_COMMAND,
  'ready',
  'dispatch',
  'deliver',
  'cancel',
  'items',
  'close',
  'reopen',
]);

/** What of a command's input may tell of a person. It is erased with the person of the order, or of the customer. */
const PERSONAL_INPUT: Partial<Record<StoredCommandName, readonly string[]>> = {
  dispatch: ['code', 'url'],
  track: ['description'],
  cancel: ['comment'],
  invoice: ['key', 'link'],
  note: ['text'],
  customer: ['name', 'email', 'phone', 'document', 'note', 'addresses'],
};

/** The fields of an input that may tell of a person. */
export const personalFields = (command: StoredCommandName, input: object): string[] =>
  (PERSONAL_INPUT[command] ?? []).filter((field) => Object.hasOwn(input, field));

/** What is wrong with one field of what the merchant's system sent. `pointer`: a JSON Pointer into it. */
export const commandProblemSchema = lazily(() =>
  z.object({ pointer: z.string(), code: z.string(), detail: z.string() }),
);
export type CommandProblem = z.infer<ReturnType<typeof commandProblemSchema>>;

/** How a client calls a command of its own. It stands in events, so there is no room in it for more than a name. */
export const commandIdSchema = lazily(() =>
  z
    .string()
    .max(128)
    .regex(/^[A-Za-z0-9][A-Za-z0-9._:~-]*$/, 'must be letters, digits and . _ : ~ -'),
);

/**
 * Where a command stands. `accepted` and `running` are under way, `in_doubt` waits for a person, the others are final.
 */
export const COMMAND_STATES = [
  'accepted',
  'running',
  'done',
  'refused',
  'failed',
  'in_doubt',
  'expired',
] as const;
export type CommandState = (typeof COMMAND_STATES)[number];
export const isFinal = (state: CommandState): boolean =>
  state !== 'accepted' && state !== 'running' && state !== 'in_doubt';
