import * as z from 'zod';
import { COMMAND_STATES, commandIdSchema } from '../../../domain/command.ts';
import { lazily } from '../../../domain/lazily.ts';
import { commandView, viewOfCommand } from '../command-view.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { cursor, limit } from '../fields.ts';
import { BODY_PROBLEMS, Problem } from '../problem.ts';
import { route } from '../route.ts';
import { takeWhileRoom } from './changed-rows.ts';
import { giveCommands } from './give-commands.ts';

/** Commands in one request. */
const MOST_ITEMS = 100;

/** @param item what is known of each item */
export const commandsBody = <I extends z.ZodType>(item: I) =>
  z.strictObject({
    items: z.array(item).min(1).max(MOST_ITEMS).meta({
      description: 'Commands. Each is judged by itself: a wrong one never keeps the others out.',
    }),
  });
const results = lazily(() =>
  z.object({
    /** In the order in which they were sent. */
    items: z.array(
      z.object({
        /** As it was sent; absent where the item has none that can be read. */
        id: z.string().optional(),
        order: z.string().optional(),
        /** `known`: it came before, and is not given a second time. */
        result: z.enum(['accepted', 'known', 'error']),
        state: z.enum(COMMAND_STATES).optional(),
        error: z
          .looseObject({ code: z.string(), title: z.string(), status: z.int(), detail: z.string() })
          .optional(),
      }),
    ),
  }),
);

export const giveCommandsRoute = route({
  operation: 'giveCommands',
  method: 'POST',
  path: '/v1/commands',
  scopes: ['commands'],
  summary: 'Have something done to orders',
  description:
    'Commands of one order run one after the other, in the order in which they come; other orders never wait. What is known to be refused is refused at once, and nothing of it is kept. Sending an item again tells what is known of it.',
  body: { schema: () => commandsBody(z.unknown()), maxBytes: 512 * 1024 },
  answer: { status: 202, description: 'What became of each item.', schema: results },
  problems: [
    'request-invalid',
    ...BODY_PROBLEMS,
    'order-unknown',
    'command-refused',
    'command-id-reused',
    'version-mismatch',
    'idempotency-key-reused',
    'idempotency-key-running',
  ],
  personal: false,
  async handle({ body: { items }, client, requestId }, context) {
    const answers = await giveCommands(context, items, { client: client.name, requestId });
    // An order that is not known yet, or a version that is not the one: in a moment the same request is taken.
    const nothingKept = answers.every(({ result }) => result === 'error');
    return { status: 202, body: { items: answers }, nothingKept };
  },
});

const commandPage = lazily(() =>
  z.object({
    items: z.array(commandView()),
    /** What to send as `cursor` next; absent after the last. */
    next: z.string().optional(),
  }),
);

const scope = { list: 'commands', filters: {}, place: lazily(() => z.object({ id: commandIdSchema() })) };

export const listCommands = route({
  operation: 'listCommands',
  method: 'GET',
  path: '/v1/commands',
  scopes: ['commands'],
  summary: 'Your commands',
  description: 'In the order of their ids. Commands of other clients are not among them.',
  query: () => z.strictObject({ cursor: cursor().optional(), limit: limit(100, 50) }),
  answer: { status: 200, description: 'Commands and where they stand.', schema: commandPage },
  problems: ['request-invalid', 'cursor-invalid', 'cursor-of-other-filters'],
  personal: false,
  async handle({ query, client }, { commands }) {
    const after = query.cursor === undefined ? undefined : readCursor(scope, query.cursor).id;
    const found = await commands.list(client.name, after, query.limit);
    const items: ReturnType<typeof viewOfCommand>[] = [];
    const { taken } = await takeWhileRoom(
      found,
      async (one) => one,
      (one) => {
        const view = viewOfCommand(one, client.name);
        items.push(view);
        return view;
      },
    );
    const isWhole = taken === found.length && found.length < query.limit;
    const last = isWhole ? undefined : found[taken - 1]?.command.id;
    return {
      status: 200,
      body: {
        items,
        ...(last === undefined ? {} : { next: writeCursor(scope, { id: last }) }),
      },
    };
  },
});

export const getCommand = route({
  operation: 'getCommand',
  method: 'GET',
  path: '/v1/commands/{id}',
  scopes: ['commands'],
  summary: 'One of your commands, and where it stands',
  parameters: () => z.strictObject({ id: commandIdSchema().meta({ description: 'Your own id of it.' }) }),
  answer: { status: 200, description: 'The command.', schema: commandView },
  problems: ['request-invalid', 'command-unknown'],
  personal: false,
  tagged: true,
  async handle({ path: { id }, client }, { commands }) {
    const found = await commands.find(client.name, id);
    if (found === undefined)
      throw new Problem('command-unknown', {
        detail: 'You gave no command with this id. What was refused when it was given is not kept.',
      });
    return { status: 200, body: viewOfCommand(found, client.name) };
  },
});
