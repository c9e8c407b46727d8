import { readFileSync } from 'node:fs';
import { COMMANDS } from '../../functions/domain/command.ts';
import { itemName } from '../../functions/domain/item-name.ts';
import { isoTime } from '../../functions/domain/time.ts';
import { type Acceptance, acceptCommand, termMsOf } from '../../functions/outbound/commands/accept.ts';
import {
  givenAgain,
  isOpenToRetry,
  isOpenToVerdict,
  resolved,
  type Verdict,
} from '../../functions/outbound/commands/by-a-person.ts';
import type { Command, Found } from '../../functions/storage/command-item.ts';
import { unfinished } from '../../functions/storage/command-item.ts';
import type { CommandWork } from '../../functions/storage/command-keys.ts';
import type { OperatorContext } from '../context.ts';
import { orderMeant } from '../find-order.ts';
import { OperatorError } from '../outputs.ts';
import { columns, print } from '../print.ts';

interface Shared {
  json: boolean;
}

/** Whose the operator's own commands are. No token is of this client. */
export const OPERATOR = 'operator';
const MOST_LISTED = 200;
const DAY_MS = 24 * 3_600_000;

/** What is shown of a command: nothing that may tell of a person. */
const shownOf = ({ key, command }: Found) => ({
  order: itemName(key),
  client: command.client,
  id: command.id,
  command: command.command,
  state: command.state,
  givenAt: isoTime(command.acceptedAt),
  expiresAt: isoTime(command.giveUpAt),
  ...(command.dueAt === undefined ? {} : { waitsUntil: isoTime(command.dueAt) }),
  ...(command.reason === undefined ? {} : { reason: command.reason }),
  ...(command.seen === false ? { seen: false } : {}),
});
const lineOf = (found: Found): string[] => {
  const { order, client, id, command, state, givenAt, reason = '' } = shownOf(found);
  return [state, order, command, `${client}/${id}`, givenAt, reason];
};

/**
 * Gives a command as the API would, in the operator's own name. Answers 1 when it is not kept.
 *
 * @throws OperatorError for an unknown command or an input that is no JSON object
 */
export async function sendCommand(
  context: OperatorContext,
  order: string,
  name: string,
  options: Shared & { input: string; id?: string },
): Promise<number> {
  const command = COMMANDS.find((one) => one === name);
  if (command === undefined)
    throw new OperatorError(`There is no command "${name}" (there are: ${COMMANDS.join(', ')}).`);
  const key = await orderMeant(context, order, true);
  const input = inputOf(options.input);
  const acceptances: Acceptance[] = [];
  await context.audited('commands send', { order: itemName(key), command }, async (correlationId) => {
    const id = options.id ?? correlationId;
    const done = await acceptCommand(context.acceptor, {
      client: OPERATOR,
      id,
      key,
      command,
      input,
      correlationId,
    });
    acceptances.push(done);
    return { id, outcome: done.outcome };
  });
  const [acceptance] = acceptances;
  if (acceptance !== undefined && 'key' in acceptance) {
    print(options.json, shownOf(acceptance), [lineOf(acceptance).join('  ').trimEnd()]);
    return 0;
  }
  const why = acceptance === undefined ? 'nothing is known of it' : whyNot(acceptance);
  print(options.json, { outcome: acceptance?.outcome, why }, [`Not kept: ${why}`]);
  return 1;
}

function inputOf(text: string): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(text.startsWith('@') ? readFileSync(text.slice(1), 'utf8') : text);
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) return { ...read };
  } catch {
    // Said below.
  }
  throw new OperatorError(
    `The input is no JSON object. Write it as --input '{"restock": true}', or as --input @file. docs/commands.md says what each command is told.`,
  );
}

function whyNot(acceptance: Exclude<Acceptance, Found>): string {
  switch (acceptance.outcome) {
    case 'order-unknown':
      return 'there is no such order. "show" looks for it.';
    case 'id-reused':
      return 'another command has this id. Leave --id out, or choose another.';
    case 'refused':
      return acceptance.reason;
    case 'version-mismatch':
      return `the order has version ${acceptance.currentVersion}.`;
    case 'invalid':
      return acceptance.issues
        .map(({ path, message }) => `${path.map(String).join('.') || 'input'}: ${message}`)
        .join('; ');
  }
}

const WORK: readonly CommandWork[] = ['in-doubt', 'failed', 'under-way'];

/** Lists what is under way, in doubt, or failed lately. Answers 1 when something needs a person. */
export async function listCommands(
  context: OperatorContext,
  { platform, days, json }: Shared & { platform?: string; days: number },
): Promise<number> {
  const platforms = context.commandPlatforms.filter((name) => platform === undefined || name === platform);
  const found: Found[] = [];
  for (const name of platforms) {
    for (const work of WORK) {
      const from = work === 'failed' ? Date.now() - days * DAY_MS : undefined;
      const places = await context.commandsAtWork(name, work, { from, limit: MOST_LISTED });
      for (const { key, n } of places) {
        const commands: (Command | undefined)[] =
          n === undefined
            ? unfinished(await context.commands.ofOrder(key)).filter(({ state }) => state !== 'in_doubt')
            : [await context.commands.get(key, n)];
        for (const command of commands) if (command !== undefined) found.push({ key, command });
      }
    }
  }
  const lines = columns(found.map(lineOf));
  print(json, { commands: found.map(shownOf) }, found.length === 0 ? ['No command is under way.'] : lines);
  return found.some(({ command }) => command.state !== 'accepted' && command.state !== 'running') ? 1 : 0;
}

/** Shows one command. Answers 1 when there is none. */
export async function showCommand(
  { commands }: OperatorContext,
  client: string,
  id: string,
  { json }: Shared,
): Promise<number> {
  const found = await commands.find(client, id);
  if (found === undefined) {
    print(json, { found: false }, [`Client ${client} gave no command ${id}, or it was refused at once.`]);
    return 1;
  }
  const { command } = found;
  const shown = {
    ...shownOf(found),
    correlationId: command.correlationId,
    tries: command.tries,
    ...(command.calledAt === undefined ? {} : { calledAt: isoTime(command.calledAt) }),
    ...(command.already === undefined ? {} : { already: true }),
    ...(command.unconfirmed === undefined ? {} : { unconfirmed: command.unconfirmed.join(', ') }),
    ...(command.ignored === undefined ? {} : { ignored: command.ignored.join(', ') }),
  };
  print(json, shown, columns(Object.entries(shown).map(([name, value]) => [name, String(value)])));
  return 0;
}

/** Gives a command once more, from its beginning, that failed, expired, was refused or is in doubt. */
export const retryCommand = (
  context: OperatorContext,
  client: string,
  id: string,
  { json }: Shared,
): Promise<number> =>
  decide(context, 'commands retry', { client, id, json }, async ({ key, command }) => {
    if (!isOpenToRetry(command)) throw new OperatorError(notOpen(command, 'be given once more'));
    const entry = (await context.acceptor.tableOf(key))?.[command.command];
    if (entry === undefined || 'refused' in entry)
      throw new OperatorError(entry?.refused ?? 'The store of the order is not in the configuration.');
    const now = Date.now();
    return givenAgain(command, now + termMsOf(entry), now);
  });

/** Says how a command that is in doubt ended, or that it is to be done once more. */
export const resolveCommand = (
  context: OperatorContext,
  client: string,
  id: string,
  { verdict, json }: Shared & { verdict: Verdict | 'again' },
): Promise<number> =>
  verdict === 'again'
    ? retryCommand(context, client, id, { json })
    : decide(context, `commands resolve --${verdict}`, { client, id, json }, async ({ command }) => {
        if (!isOpenToVerdict(command)) throw new OperatorError(notOpen(command, 'be resolved'));
        return resolved(command, verdict, Date.now());
      });

const notOpen = ({ state }: Command, what: string): string =>
  `The command is ${state}, and cannot ${what}. "commands show" says more.`;

/** Writes what a person decided, and has the order go on. @throws OperatorError when the command is another by now */
async function decide(
  context: OperatorContext,
  what: string,
  { client, id, json }: Shared & { client: string; id: string },
  decision: (found: Found) => Promise<Command>,
): Promise<number> {
  const found = await context.commands.find(client, id);
  if (found === undefined)
    throw new OperatorError(`Client ${client} gave no command ${id}. "commands list" shows them.`);
  const next = await decision(found);
  await context.audited(what, { client, id, order: itemName(found.key) }, async () => {
    if (!(await context.commands.resolve(found, next)))
      throw new OperatorError('The command changed meanwhile. Look at it again with "commands show".');
    return { state: next.state };
  });
  await context.acceptor.hint(found.key).catch(() => {
    process.stderr.write('Nobody could be told; the sweep does it within a minute.\n');
  });
  print(json, shownOf({ key: found.key, command: next }), [
    lineOf({ key: found.key, command: next }).join('  ').trimEnd(),
  ]);
  return 0;
}
