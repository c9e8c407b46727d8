import * as z from 'zod';
import { COMMANDS, commandIdSchema } from '../../../domain/command.ts';
import { commandInputs } from '../../../domain/command-inputs.ts';
import { parseItemName } from '../../../domain/item-name.ts';
import { lazily } from '../../../domain/lazily.ts';
import type { Acceptance, NotAccepted } from '../../../outbound/commands/accept.ts';
import { mapConcurrent } from '../../../pipeline/map-concurrent.ts';
import type { ApiContext } from '../context.ts';
import { itemName, time } from '../fields.ts';
import { type FieldProblem, Problem } from '../problem.ts';
import { fieldsAre, problemsOf } from '../read-request.ts';
import { orderUnknown } from './order.ts';

/** One item of the body. Its input is read by the command's own schema. */
export const commandItem = lazily(() =>
  z.strictObject({
    id: commandIdSchema().meta({
      description: 'Your own id of the command. The same id and content again is the same command.',
    }),
    order: itemName().meta({ description: '`platform:store:id`: `id` of an order, `key` of an event.' }),
    command: z.enum(COMMANDS),
    input: z.record(z.string(), z.unknown()).default({}).meta({
      description: 'What the command is told; docs/commands.md has it by command.',
    }),
    ifVersion: z.int().min(0).max(1e9).optional().meta({
      description: 'Refuse it if the order has another version now. Looked at once, when it is given.',
    }),
    expiresAt: time().optional().meta({
      description:
        'Nobody calls the platform for it from here on; seven days when absent, and 30 at most: a later time counts as that.',
    }),
  }),
);

export interface ItemResult {
  readonly id?: string;
  readonly order?: string;
  readonly result: 'accepted' | 'known' | 'error';
  readonly state?: string;
  readonly error?: object;
}

interface Giver {
  readonly client: string;
  readonly requestId: string;
}

/** Orders whose commands are kept at the same time. */
const ORDERS_AT_ONCE = 8;

/** Gives each command by itself. Those of one order keep the order in which they were sent. */
export async function giveCommands(
  context: Pick<ApiContext, 'accept'>,
  items: readonly unknown[],
  giver: Giver,
): Promise<ItemResult[]> {
  const answers: ItemResult[] = [];
  const byOrder = Map.groupBy(items.entries(), ([, item]) => orderNamed(item));
  await mapConcurrent(ORDERS_AT_ONCE, [...byOrder.values()], async (ofOrder) => {
    for (const [index, item] of ofOrder) answers[index] = await give(context, item, index, giver);
  });
  return answers;
}

const named = z.object({ order: z.string() });
const orderNamed = (item: unknown): string => named.safeParse(item).data?.order ?? '';

const echoed = lazily(() => z.object({ id: commandIdSchema().optional().catch(undefined) }));

async function give(
  context: Pick<ApiContext, 'accept'>,
  item: unknown,
  index: number,
  { client, requestId }: Giver,
): Promise<ItemResult> {
  const place = `body/items/${index}`;
  const read = commandItem().safeParse(item, { reportInput: false });
  const said = echoed().safeParse(item).data;
  const echo = said?.id === undefined ? {} : { id: said.id };
  if (!read.success)
    return { ...echo, ...failed(invalid(problemsOf(read.error.issues, place, commandItem())), requestId) };
  const { order, command } = read.data;
  const key = parseItemName(order);
  const acceptance: Acceptance =
    key === undefined
      ? { outcome: 'order-unknown' }
      : await context.accept({ ...read.data, client, key, correlationId: requestId });
  if ('key' in acceptance)
    return { ...echo, order, result: acceptance.outcome, state: acceptance.command.state };
  return { ...echo, order, ...failed(await problemOf(acceptance, `${place}/input`, command), requestId) };
}

async function problemOf(
  acceptance: NotAccepted,
  place: string,
  command: (typeof COMMANDS)[number],
): Promise<Problem> {
  switch (acceptance.outcome) {
    case 'order-unknown':
      return orderUnknown();
    case 'refused':
      return new Problem('command-refused', { detail: acceptance.reason });
    case 'id-reused':
      return new Problem('command-id-reused', {
        detail: 'You gave another command with this id. Choose a new id; the first one stands.',
      });
    case 'version-mismatch':
      return new Problem('version-mismatch', {
        detail: 'The order is not as you know it. Read it, and decide whether the command is still wanted.',
        members: { currentVersion: acceptance.currentVersion },
      });
    case 'invalid': {
      return invalid(problemsOf(acceptance.issues, place, commandInputs()[command]));
    }
  }
}

const invalid = (errors: FieldProblem[]): Problem =>
  new Problem('request-invalid', {
    detail: `${fieldsAre(errors.length)} wrong; "errors" points to each. Nothing of this item was kept.`,
    errors,
  });

/** A problem of one item, as a problem of a whole request is answered. */
const failed = (problem: Problem, requestId: string): Pick<ItemResult, 'result' | 'error'> => ({
  result: 'error',
  error: problem.answer(requestId).body,
});
