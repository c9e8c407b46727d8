import type * as z from 'zod';
import { contentHash } from '../../domain/canonical-json.ts';
import { type CommandName, personalFields } from '../../domain/command.ts';
import { commandInputs } from '../../domain/command-inputs.ts';
import { type CommandSubject, kindOfSubject } from '../../domain/command-subject.ts';
import type { OrderKey, OrderRow } from '../../domain/order-row.ts';
import { CLOCK_AHEAD_MS, type EpochMs, isoTime } from '../../domain/time.ts';
import type { CommandTable, PlatformCommand } from '../../platforms/commands.ts';
import type { Clock } from '../../runtime/clock.ts';
import { describeError } from '../../runtime/describe-error.ts';
import type { Log } from '../../runtime/telemetry.ts';
import { type Found, unfinished } from '../../storage/command-item.ts';
import { subjectPk } from '../../storage/command-keys.ts';
import type { CommandStore } from '../../storage/commands.ts';
import type { OrderStore } from '../../storage/orders.ts';

/** A command as whoever gives it says it. */
export interface Given {
  readonly client: string;
  /** The client's own; the same id twice is one command. */
  readonly id: string;
  readonly key: OrderKey;
  readonly command: CommandName;
  readonly input: Readonly<Record<string, unknown>>;
  /** The version of the order that the command is meant for; any when absent. */
  readonly ifVersion?: number | undefined;
  /** ISO time. The platform's term, or seven days, when absent. */
  readonly expiresAt?: string | undefined;
  readonly correlationId: string;
}

/** What became of a command that was given, and is kept. */
export type Accepted = Found & { readonly outcome: 'accepted' | 'known' };
/** Why a command is not kept. Nothing of it is stored. */
export type NotAccepted =
  | { readonly outcome: 'order-unknown' | 'id-reused' }
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'version-mismatch'; readonly currentVersion: number }
  | { readonly outcome: 'invalid'; readonly issues: readonly z.core.$ZodIssue[] };
export type Acceptance = Accepted | NotAccepted;

export interface Acceptor {
  readonly orders: Pick<OrderStore, 'get'>;
  readonly commands: Pick<CommandStore, 'accept' | 'find'>;
  /** What the platform of an order can have done; undefined when its store is not in the configuration. */
  tableOf(key: OrderKey): Promise<CommandTable | undefined>;
  /** Tells whoever runs commands that an order has some. What it says may be lost. */
  hint(key: CommandSubject): Promise<void>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

const HOUR_MS = 3_600_000;
const USUAL_TERM_HOURS = 7 * 24;
export const USUAL_TERM_MS = USUAL_TERM_HOURS * HOUR_MS;
/** How long a command is tried where nobody says anything else, in ms. */
export const termMsOf = ({ expiresAfterHours = USUAL_TERM_HOURS }: PlatformCommand): number =>
  expiresAfterHours * HOUR_MS;
/** Nobody wants anything done to an order after so long, in ms. */
const LONGEST_TERM_MS = 30 * 24 * HOUR_MS;

/**
 * Keeps a command, unless it is known that it cannot be carried out. The same command again is what it was the first time,
 * and is announced again while it is under way.
 */
export async function acceptCommand(acceptor: Acceptor, given: Given): Promise<Acceptance> {
  const sha256 = hashOf(given);
  const planned = await planAcceptance(acceptor, given);
  if (planned.outcome === 'known') return announced(acceptor, planned);
  if (planned.outcome !== 'new') return planned;
  const { client, id, key, command, input, correlationId } = given;
  const kept = await acceptor.commands.accept(key, {
    client,
    id,
    command,
    input: { ...input },
    sha256,
    giveUpAt: planned.giveUpAt,
    correlationId,
  });
  if (kept.known) return announced(acceptor, knownAs(kept, sha256));
  await announce(acceptor, key);
  return { outcome: 'accepted', key: kept.key, command: kept.command };
}

/** A command that would be kept, and until when it would be tried (epoch ms). */
export interface New {
  readonly outcome: 'new';
  readonly giveUpAt: EpochMs;
}

/** What would become of a command, as things stand. It writes nothing and tells nobody. */
export async function planAcceptance(
  acceptor: Omit<Acceptor, 'hint' | 'log'>,
  given: Given,
): Promise<New | Known | NotAccepted> {
  const known = await acceptor.commands.find(given.client, given.id);
  return known === undefined ? judge(acceptor, given) : knownAs(known, hashOf(given));
}

const hashOf = ({ key, command, input, ifVersion, expiresAt }: Given): string =>
  contentHash({ key, command, input, ifVersion, expiresAt });

type Known = Found & { readonly outcome: 'known' };

const knownAs = ({ key, command }: Found, sha256: string): Known | NotAccepted =>
  // What was erased has no hash any more.
  command.sha256 !== '' && command.sha256 !== sha256
    ? { outcome: 'id-reused' }
    : { outcome: 'known', key, command };

/** A command that is under way is announced again. */
async function announced<A extends Known | NotAccepted>(acceptor: Acceptor, acceptance: A): Promise<A> {
  if (acceptance.outcome === 'known' && unfinished([acceptance.command]).length > 0)
    await announce(acceptor, acceptance.key);
  return acceptance;
}

/** Whether it may be tried, and until when. */
async function judge(
  { orders, tableOf, clock }: Pick<Acceptor, 'orders' | 'tableOf' | 'clock'>,
  { key, command, input, ifVersion, expiresAt }: Given,
): Promise<NotAccepted | New> {
  const read = commandInputs()[command].safeParse(input, { reportInput: false });
  if (!read.success) return { outcome: 'invalid', issues: read.error.issues };
  const now = clock.now();
  if (isAhead(read.data, now)) return { outcome: 'invalid', issues: [AHEAD] };
  const row = await orders.get(key);
  if (row === undefined) return { outcome: 'order-unknown' };
  if (ifVersion !== undefined && ifVersion !== row.version)
    return { outcome: 'version-mismatch', currentVersion: row.version };
  const entry = (await tableOf(key))?.[command];
  if (entry === undefined) return { outcome: 'refused', reason: NOT_CONFIGURED };
  if ('refused' in entry) return { outcome: 'refused', reason: entry.refused };
  const reason = refusalOf(entry as PlatformCommand, { row, command, input: read.data, given: input, now });
  if (reason !== undefined) return { outcome: 'refused', reason };
  const term = now + termMsOf(entry as PlatformCommand);
  const wanted = expiresAt === undefined ? undefined : Date.parse(expiresAt);
  if (wanted !== undefined && wanted <= now) return { outcome: 'refused', reason: OVER };
  // The platform's own term cannot be made longer.
  const longest = entry.expiresAfterHours === undefined ? now + LONGEST_TERM_MS : term;
  return { outcome: 'new', giveUpAt: wanted === undefined ? term : Math.min(wanted, longest) };
}

/** Whether it is said to have happened later than a clock that is ahead explains. The platform would show it to the buyer. */
const isAhead = (input: object, now: EpochMs): boolean =>
  'happenedAt' in input && Date.parse(String(input.happenedAt)) > now + CLOCK_AHEAD_MS;

const AHEAD: z.core.$ZodIssue = {
  code: 'custom',
  path: ['happenedAt'],
  message: 'lies more than a day ahead; say when it happened, or leave it out if that was just now',
  input: undefined,
};

const NOT_CONFIGURED =
  'The store of the order is not in the configuration any more: nobody calls its platform.';
const OVER = 'expiresAt is over: nobody would carry the command out.';

function refusalOf(
  entry: PlatformCommand,
  about: { row: OrderRow; command: CommandName; input: unknown; given: object; now: EpochMs },
): string | undefined {
  const { row, command, input, given, now } = about;
  const personal = row.erased === undefined ? [] : personalFields(command, given);
  if (personal.length > 0)
    return `The person of the order was erased (${isoTime(row.erased?.at ?? now)}), and ${personal.join(' and ')} may tell of a person. Leave it out.`;
  // The table's entry takes the input of its own name, which a lookup by name cannot say.
  return entry.refusal?.({ orderId: row.platformOrderId, row, givenAt: now }, input as never);
}

/** Says that there is work; nothing is lost where nobody hears of it. */
export async function announce(
  { hint, log }: Pick<Acceptor, 'hint' | 'log'>,
  key: CommandSubject,
): Promise<void> {
  await hint(key).catch((error: unknown) => {
    log.warn('nobody was told of what has commands; the sweep tells it', {
      [kindOfSubject(key)]: subjectPk(key),
      error: describeError(error),
    });
  });
}
