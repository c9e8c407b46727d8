import { randomUUID } from 'node:crypto';
import { COMMANDS } from '../../functions/domain/command.ts';
import { itemName } from '../../functions/domain/item-name.ts';
import { isoTime } from '../../functions/domain/time.ts';
import {
  type Acceptance,
  acceptCommand,
  type Given,
  type NotAccepted,
  planAcceptance,
} from '../../functions/outbound/commands/accept.ts';
import type { Found } from '../../functions/storage/command-item.ts';
import { type Decision, decideCommand, planDecision } from '../actions/commands.ts';
import type { OperatorContext } from '../context.ts';
import { commandNeedsPerson, commandsNow, shownOf, wholeOf } from '../data/commands.ts';
import { orderMeant } from '../find-order.ts';
import { jsonGiven } from '../json.ts';
import { OPERATOR } from '../operator-client.ts';
import { OperatorError } from '../outputs.ts';
import { columns, print, printDryRun } from '../print.ts';

interface Shared {
  json: boolean;
}

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
  options: Shared & { input: string; id?: string; dryRun: boolean },
): Promise<number> {
  const command = COMMANDS.find((one) => one === name);
  if (command === undefined)
    throw new OperatorError(`There is no command "${name}" (there are: ${COMMANDS.join(', ')}).`);
  const key = await orderMeant(context, order, true);
  const input = inputOf(options.input);
  if (options.dryRun) return planSend(context, { key, command, input, id: options.id }, options.json);
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
  return notKept(acceptance, options.json);
}

function notKept(acceptance: NotAccepted | undefined, json: boolean): number {
  const why = acceptance === undefined ? 'nothing is known of it' : whyNot(acceptance);
  print(json, { outcome: acceptance?.outcome, why }, [`Not kept: ${why}`]);
  return 1;
}

/** Says what would become of a command. Answers 1 when it would not be kept. */
async function planSend(
  { acceptor }: OperatorContext,
  { id = randomUUID(), ...about }: Pick<Given, 'key' | 'command' | 'input'> & { id: string | undefined },
  json: boolean,
): Promise<number> {
  const given: Given = { ...about, id, client: OPERATOR, correlationId: 'ops-dry-run' };
  const planned = await planAcceptance(acceptor, given);
  if (planned.outcome !== 'new' && planned.outcome !== 'known') return notKept(planned, json);
  const order = itemName(about.key);
  const { outcome } = planned;
  if (outcome === 'known')
    return printDryRun(json, { outcome, ...shownOf(planned) }, `${id} is known: ${planned.command.state}.`);
  const giveUpAt = isoTime(planned.giveUpAt);
  return printDryRun(
    json,
    { outcome, order, command: about.command, giveUpAt },
    `${order} would be given ${about.command}, tried until ${giveUpAt}.`,
  );
}

function inputOf(text: string): Record<string, unknown> {
  const read = jsonGiven(text);
  if (typeof read === 'object' && read !== null && !Array.isArray(read)) return { ...read };
  throw new OperatorError(
    `The input is no JSON object. Write it as --input '{"restock": true}', or as --input @file. docs/commands.md says what each command is told.`,
  );
}

function whyNot(acceptance: NotAccepted): string {
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

/** Lists what is under way, in doubt, or failed lately. Answers 1 when something needs a person. */
export async function listCommands(
  context: OperatorContext,
  { platform, days, json }: Shared & { platform?: string; days: number },
): Promise<number> {
  const found = await commandsNow(context, { days, ...(platform === undefined ? {} : { platform }) });
  const lines = columns(found.map(lineOf));
  print(json, { commands: found.map(shownOf) }, found.length === 0 ? ['No command is under way.'] : lines);
  return found.some(commandNeedsPerson) ? 1 : 0;
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
  const shown = wholeOf(found);
  print(json, shown, columns(Object.entries(shown).map(([name, value]) => [name, String(value)])));
  return 0;
}

/** Gives a command once more, from its beginning, that failed, expired, was refused or is in doubt. */
export const retryCommand = (
  context: OperatorContext,
  client: string,
  id: string,
  shared: Shared & { dryRun: boolean },
): Promise<number> => decided(context, { client, id }, 'again', shared);

/** Says how a command that is in doubt ended, or that it is to be done once more. */
export const resolveCommand = (
  context: OperatorContext,
  client: string,
  id: string,
  { verdict, ...shared }: Shared & { verdict: Decision; dryRun: boolean },
): Promise<number> => decided(context, { client, id }, verdict, shared);

async function decided(
  context: OperatorContext,
  which: { client: string; id: string },
  decision: Decision,
  { dryRun, json }: Shared & { dryRun: boolean },
): Promise<number> {
  if (dryRun) {
    const { found, next } = await planDecision(context, which, decision);
    const { state } = found.command;
    return printDryRun(
      json,
      { ...which, from: state, to: next.state },
      `Command ${which.client}/${which.id} would go from ${state} to ${next.state}.`,
    );
  }
  const { found, told } = await decideCommand(context, which, decision);
  if (!told) process.stderr.write('Nobody could be told; the sweep does it within a minute.\n');
  print(json, shownOf(found), [lineOf(found).join('  ').trimEnd()]);
  return 0;
}
