import { contentHash } from '../../functions/domain/canonical-json.ts';
import { isErpCommand, isFinal, STATUS_COMMANDS } from '../../functions/domain/command.ts';
import { commandInputs } from '../../functions/domain/command-inputs.ts';
import type { OrderKey } from '../../functions/domain/order-row.ts';
import { type Command, commandSchema } from '../../functions/storage/command-item.ts';
import { commandsHeadKey, numberOfCommandSk } from '../../functions/storage/command-keys.ts';
import { isOfOrder, keyOfPk } from '../../functions/storage/keys.ts';
import type { SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import type { Attributes } from '../aws/expression.ts';
import { STORES } from '../plan/merchant.ts';
import type { SimStore } from '../plan/stores.ts';
import { type Begun, type CommandEffects, createCommandEffects } from './command-effects.ts';
import { checkEffects } from './command-ends.ts';
import type { Report } from './violation.ts';

/** What the API said of a command. */
export interface Answer {
  id: string;
  result: 'accepted' | 'known' | 'error';
  error?: { code: string } | undefined;
}

export interface CommandCounts {
  commands: number;
  done: number;
  doubted: number;
}

/** Sees every write of a command, and what calls for it bring about. */
export interface CommandWatch extends Pick<CommandEffects, 'arrived' | 'read' | 'panel'> {
  /** A write of the orders table. */
  wrote(before: Attributes | undefined, after: Attributes | undefined): void;
  runEnded(requestId: string, well: boolean): void;
  answered(answers: readonly Answer[]): void;
  /** The same of a request with other contents under known ids. */
  answeredOther(answers: readonly Answer[]): void;
  /** Commands that were kept; those that came to their effect, by our calls; those that a person had to decide about. */
  readonly counts: CommandCounts;
  /** Commands that are not through, or wait for a person. */
  readonly unfinished: number;
  /** Whether an order has commands that are due: whoever sweeps finds it. */
  readonly due: boolean;
  checkEnd(): void;
}

export interface WatchOptions {
  now(): number;
  random: SeededRandom;
  stores: readonly SimStore[];
  /** An order may be another one at its platform than it was. */
  changed(store: SimStore, orderId: string): void;
  /** Nobody knows how a command ended: a person looks, and says so. */
  onDoubt(command: Doubtful): void;
  report: Report;
}

export interface Doubtful extends Pick<Command, 'client' | 'id'> {
  /** What the platform shows. */
  verdict(): 'done' | 'failed' | 'again';
  /** The person's word is about to be written. */
  began(): void;
}

/** Clocks of instances differ by this much at most (ms), both ways. */
const SKEW_MS = 1000;

export function createCommandWatch(options: WatchOptions): CommandWatch {
  const { now, random, report } = options;
  const commands = new Map<string, Map<number, Command>>();
  const names = new Map<string, string>();
  const begun = new Map<string, Begun>();
  const begins = new Map<string, number>();
  const heads = new Map<string, Attributes>();
  const byPerson = new Set<string>();
  const everByPerson = new Set<string>();
  const doubted = new Set<string>();
  const failedRuns = new Set<string>();
  /** Which contents an id stands for: those that were wanted first, or the other ones. */
  const given = new Map<string, 'own' | 'other'>();
  const effects = createCommandEffects({
    ...options,
    begun: () => begun,
    holds: (pk, by) => heads.get(pk)?.holder === by,
  });
  const all = function* (): Generator<[string, Command]> {
    for (const [pk, ofOrder] of commands) for (const command of ofOrder.values()) yield [pk, command];
  };

  function wroteHead(pk: string, before: Attributes | undefined, after: Attributes): void {
    const [held, holder] = [before?.holder, after.holder];
    if (held !== undefined && holder !== undefined && held !== holder && Number(before?.heldUntil) > now())
      report('two-dispatchers', `${holder} took ${pk} from ${held}, which has it for some time yet`);
    heads.set(pk, after);
  }

  function wroteCommand(pk: string, old: Command | undefined, next: Command): void {
    const name = `${pk}#${next.n}`;
    if (old === undefined) {
      const other = names.get(`${next.client} ${next.id}`);
      if (other !== undefined) report('command-twice', `${next.id} is ${other} and ${name}`);
      names.set(`${next.client} ${next.id}`, name);
    } else if (JSON.stringify(old) === JSON.stringify(next)) return;
    else checkRewrite(name, old, next);
    const isBegun = next.calledAt !== undefined && next.callEndedAt === undefined && next.state === 'running';
    if (isBegun && old?.calledAt !== next.calledAt) begins.set(name, (begins.get(name) ?? 0) + 1);
    if (isBegun && old?.calledAt !== next.calledAt) checkBegin(pk, next);
    if (isBegun) begun.set(pk, { key: keyOfPk(pk), n: next.n });
    else if (begun.get(pk)?.n === next.n) begun.delete(pk);
    if (next.state === old?.state) return;
    const isTold = next.state !== 'accepted' && next.state !== 'running';
    if (isTold && next.eventCount !== (old?.eventCount ?? 0) + 1)
      report('feed-missing', `${name} became ${next.state}, and no event counts it`);
    if (next.state === 'in_doubt') doubt(pk, next);
    if (next.state === 'done') checkSeen(pk, next);
  }

  function checkRewrite(name: string, old: Command, next: Command): void {
    if (next.fence < old.fence)
      report('command-rewritten', `${name} was written by a run that had lost its order`);
    if (byPerson.delete(name)) return;
    const erased = next.erased === true && next.state === old.state && next.eventCount === old.eventCount;
    if ((isFinal(old.state) || old.state === 'in_doubt') && !erased)
      report('command-rewritten', `${name} was ${old.state} and became ${next.state}`);
  }

  /** A call is about to be made. */
  function checkBegin(pk: string, command: Command): void {
    const { n, tries, stepsSeen, calledAt = 0, giveUpAt } = command;
    const moves = STATUS_COMMANDS.has(command.command);
    const before = [...(commands.get(pk)?.values() ?? [])].filter((one) => one.n < n && !isFinal(one.state));
    for (const earlier of before) {
      const earlierMoves = STATUS_COMMANDS.has(earlier.command);
      const isHeld =
        earlierMoves &&
        (earlier.state === 'in_doubt' ||
          before.some(
            (one) => one.n < earlier.n && one.state === 'in_doubt' && STATUS_COMMANDS.has(one.command),
          ));
      const mayPass = earlier.state === 'in_doubt' ? !(earlierMoves && moves) : isHeld && !moves;
      if (!mayPass)
        report('command-order', `command ${n} of ${pk} began while ${earlier.n} was ${earlier.state}`);
    }
    if (tries === 1 && stepsSeen.length === 0 && calledAt > giveUpAt + SKEW_MS)
      report('command-late', `command ${n} of ${pk} began ${calledAt - giveUpAt} ms after its time was over`);
    if (tries > 1 && isHarmful(keyOfPk(pk), command))
      report(
        'doubt-repeated',
        `command ${n} of ${pk} was begun again, and its first call may have had its effect`,
      );
  }

  /** A person is asked: could anybody know? */
  function doubt(pk: string, command: Command): void {
    const { n, client, id, acceptedAt } = command;
    const name = `${pk}#${n}`;
    doubted.add(name);
    const calls = effects.callsOf(pk, n);
    const isKnown = calls.every(
      ({ heard, record, by }) => heard && record?.fault === undefined && !failedRuns.has(by),
    );
    if (calls.length >= (begins.get(name) ?? 0) && isKnown && !effects.touched(pk, acceptedAt - SKEW_MS))
      report('needless-doubt', `command ${n} of ${pk} is in doubt, and its calls were answered`);
    options.onDoubt({
      client,
      id,
      verdict: () => (effects.of(pk, n).length > 0 ? 'done' : random.chance(0.5) ? 'again' : 'failed'),
      began() {
        byPerson.add(name);
        everByPerson.add(name);
      },
    });
  }

  function checkSeen(pk: string, command: Command): void {
    const { n, calledAt, seen, giveUpAt, updatedAt, acceptedAt, erased } = command;
    if (calledAt === undefined) return;
    // Of what was erased under way nobody can tell any more what to look for.
    const excused =
      erased === true || updatedAt >= giveUpAt - SKEW_MS || effects.touched(pk, acceptedAt - SKEW_MS);
    if (seen === false && !excused)
      report('unseen', `command ${n} of ${pk} counts as done, and its effect was not found`);
    if (seen === true && !effects.lookedAfter(pk, n))
      report('unseen', `command ${n} of ${pk} counts as seen, and nobody looked after its call`);
  }

  return {
    ...effects,
    wrote(before, after) {
      const pk = String((after ?? before)?.pk);
      const sk = String((after ?? before)?.sk);
      // Those of products and customers are watched for themselves.
      if (!isOfOrder(pk)) {
        if (sk === HEAD_SK && after !== undefined) wroteHead(pk, before, after);
        return;
      }
      if (after === undefined) {
        if (numberOfCommandSk(sk) !== undefined) report('command-lost', `${pk} ${sk} was deleted`);
        return;
      }
      if (sk === HEAD_SK) return wroteHead(pk, before, after);
      if (numberOfCommandSk(sk) === undefined) return;
      const next = commandSchema().parse(after);
      const ofOrder = commands.get(pk) ?? new Map<number, Command>();
      wroteCommand(pk, ofOrder.get(next.n), next);
      commands.set(pk, ofOrder.set(next.n, next));
    },
    runEnded(requestId, well) {
      if (!well) failedRuns.add(requestId);
    },
    answered(answers) {
      for (const { id, result, error } of answers) {
        const stands = given.get(id);
        if (error?.code === 'request-invalid') throw new Error(`the plan gives ${id} a wrong input`);
        if (result === 'error') {
          if (stands === 'own')
            report('command-lost', `${id} was accepted, and then answered ${error?.code}`);
          continue;
        }
        if (stands === 'other') report('command-twice', `${id} was ${result} with other contents`);
        given.set(id, 'own');
      }
    },
    answeredOther(answers) {
      for (const { id, result, error } of answers) {
        const erased = [...all()].some(([, command]) => command.id === id && command.erased === true);
        if (given.get(id) === 'own' && !erased && error?.code !== 'command-id-reused')
          report('command-twice', `${id} was ${result} with other contents`);
        if (result !== 'error' && !given.has(id)) given.set(id, 'other');
      }
    },
    get counts() {
      const every = [...all()].map(([, command]) => command);
      const done = every.filter(({ state, already }) => state === 'done' && already === undefined).length;
      return { commands: every.length, done, doubted: doubted.size };
    },
    get due() {
      for (const { workAt } of heads.values())
        if (workAt !== undefined && Date.parse(String(workAt)) <= now()) return true;
      return false;
    },
    get unfinished() {
      let count = 0;
      for (const [, { state }] of all()) if (!isFinal(state)) count += 1;
      return count;
    },
    checkEnd() {
      const known = new Set([...all()].map(([, { id }]) => id));
      for (const id of given.keys())
        if (!known.has(id)) report('command-lost', `${id} was accepted, and is nowhere`);
      for (const [pk, command] of all()) {
        if (!isFinal(command.state))
          report('command-lost', `command ${command.n} of ${pk} is ${command.state} in the end`);
        const decided = everByPerson.has(`${pk}#${command.n}`);
        const alike = [...all()].flatMap(([of, other]) =>
          of === pk && other.n !== command.n && wantsTheSame(other, command) ? [other.n] : [],
        );
        checkEffects({ pk, command, effects, decided, alike }, report);
      }
    },
  };
}

const HEAD_SK = commandsHeadKey({ platform: '', storeId: '', platformOrderId: '' }).sk;

const wantsTheSame = (one: Command, other: Command): boolean =>
  one.command === other.command && contentHash(one.input) === contentHash(other.input);

/** Whether its call made twice would harm somebody, as its platform says. */
function isHarmful({ platform, storeId }: OrderKey, { command, input }: Command): boolean {
  if (isErpCommand(command)) return false;
  const store = STORES.find((one) => one.platform.name === platform && one.store.id === storeId);
  const entry = store?.platform.commands(store.store)[command];
  const read = commandInputs()[command].safeParse(input);
  if (entry === undefined || 'refused' in entry || !read.success) return false;
  // The table's entry takes the input of its own name, which a lookup by name cannot say.
  return entry.twice(read.data as never) === 'harmful';
}
