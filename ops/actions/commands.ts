import { isErpCommand } from '../../functions/domain/command.ts';
import { isOrder, kindOfSubject } from '../../functions/domain/command-subject.ts';
import { subjectName } from '../../functions/domain/item-name.ts';
import { termMsOf } from '../../functions/outbound/commands/accept.ts';
import {
  givenAgain,
  isOpenToRetry,
  isOpenToVerdict,
  resolved,
  type Verdict,
} from '../../functions/outbound/commands/by-a-person.ts';
import type { Command, Found } from '../../functions/storage/command-item.ts';
import type { OperatorContext } from '../context.ts';
import { notFound, OperatorError } from '../outputs.ts';

/** How a command ended, or that it is to be done once more. */
export type Decision = Verdict | 'again';

interface Which {
  client: string;
  id: string;
}

/**
 * What a decision would make of a command; nothing is written.
 *
 * @throws OperatorError where there is no such command, or it is not open to the decision
 */
export async function planDecision(
  context: OperatorContext,
  { client, id }: Which,
  decision: Decision,
): Promise<{ found: Found; next: Command }> {
  const found = await context.commands.find(client, id);
  if (found === undefined)
    throw notFound(`Client ${client} gave no command ${id}. "commands list" shows them.`);
  const { key, command } = found;
  const now = context.control.clock.now();
  if (decision !== 'again') {
    if (!isOpenToVerdict(command)) throw new OperatorError(notOpen(command, 'be resolved'));
    return { found, next: resolved(command, decision, now) };
  }
  if (!isOpenToRetry(command)) throw new OperatorError(notOpen(command, 'be given once more'));
  const { command: name } = command;
  // What it said of the person is gone with its end.
  if (!isOrder(key) || isErpCommand(name))
    throw new OperatorError(
      `What a ${kindOfSubject(key)} is to be is kept until its command ends. Have the merchant's system send the ${kindOfSubject(key)} again.`,
    );
  const entry = (await context.acceptor.tableOf(key))?.[name];
  if (entry === undefined || 'refused' in entry)
    throw new OperatorError(entry?.refused ?? 'The store of the order is not in the configuration.');
  return { found, next: givenAgain(command, now + termMsOf(entry), now) };
}

const notOpen = ({ state }: Command, what: string): string =>
  `The command is ${state}, and cannot ${what}. "commands show" says more.`;

/**
 * Writes what a person decided, and has the order go on.
 *
 * @returns `told`: false where the dispatcher could not be told, and goes on by itself within a minute
 * @throws OperatorError when the command is another by now
 */
export async function decideCommand(
  context: OperatorContext,
  which: Which,
  decision: Decision,
): Promise<{ found: Found; told: boolean }> {
  const { found, next } = await planDecision(context, which, decision);
  const what = decision === 'again' ? 'commands retry' : `commands resolve --${decision}`;
  await context.audited(what, { ...which, order: subjectName(found.key) }, async () => {
    if (!(await context.commands.resolve(found, next)))
      throw new OperatorError('The command changed meanwhile. Look at it again with "commands show".');
    return { state: next.state };
  });
  const told = await context.acceptor.hint(found.key).then(
    () => true,
    () => false,
  );
  return { found: { key: found.key, command: next }, told };
}
