import { STATUS_COMMANDS } from '../../domain/command.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { PlatformError } from '../../http/errors.ts';
import type { Look, PlatformCommand } from '../../platforms/commands.ts';
import type { Command } from '../../storage/commands.ts';

/** A call may stand this long in a platform's own queue before it is carried out, in ms. */
const HELD_MS = 20_000;

/**
 * When a command whose effect is not seen yet is looked at, in ms after its call began: at once, a moment later, and for the last
 * time a minute after the call can still have been waiting.
 */
const LOOKS_MS = [0, 10_000, HELD_MS + 60_000] as const;

/** Calls that had no effect, after which somebody has to find out why. */
const MAX_TRIES = 5;

const FIRST_DELAY_MS = 5_000;
const LONGEST_DELAY_MS = 15 * 60_000;
/** After the circuit opened, a command comes back this soon, to wait with the others. */
const AFTER_TRIP_MS = 60_000;

/** How long to wait after so many failures in a row, in ms; `random` is in [0, 1). */
function backoffMs(failures: number, random: () => number): number {
  const full = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures, 16));
  return Math.ceil(full / 2 + (full / 2) * random());
}

type Ended = Extract<Command['state'], 'done' | 'refused' | 'failed' | 'in_doubt' | 'expired'>;

/** A command that somebody is told about. */
export function ended(
  command: Command,
  state: Ended,
  now: EpochMs,
  more: Pick<Command, 'already' | 'seen' | 'unconfirmed' | 'reason' | 'platformSays'> = {},
): Command {
  const { dueAt: _, ...rest } = command;
  return { ...rest, ...more, state, updatedAt: now, eventCount: command.eventCount + 1 };
}

const waiting = (command: Command, now: EpochMs, waitMs: number): Command => ({
  ...command,
  updatedAt: now,
  dueAt: now + waitMs,
});

/** A command about which nothing is known to have happened: as if it had not been tried. */
function untouched(command: Command): Command {
  const { calledAt: _, answered: __, step: ___, ...rest } = command;
  return { ...rest, state: 'accepted' };
}

/** What an order's commands come to next: the one to go on with, or when there will be one. */
export type Next = { readonly command: Command } | { readonly dueAt: EpochMs | undefined };

/**
 * The command to go on with. Commands run in the order in which they came, one at a time. One that waits for a person lets
 * those pass that move the order nowhere.
 *
 * @param commands the order's unfinished ones, the first one first
 */
export function nextOf(commands: readonly Command[], now: EpochMs): Next {
  let blocked = false;
  for (const command of commands) {
    const moves = STATUS_COMMANDS.has(command.command);
    if (command.state === 'in_doubt') {
      blocked ||= moves;
      continue;
    }
    if (blocked && moves && now < command.giveUpAt) continue;
    if (command.dueAt !== undefined && command.dueAt > now) return { dueAt: command.dueAt };
    return { command };
  }
  const held = commands.filter(({ state }) => state !== 'in_doubt').map(({ giveUpAt }) => giveUpAt);
  return { dueAt: held.length === 0 ? undefined : Math.min(...held) };
}

/** What a look says of a command: what is written now, or that its call may be made. */
export function afterLook<Fresh>(
  command: Command,
  twice: ReturnType<PlatformCommand['twice']>,
  look: Look<Fresh>,
  now: EpochMs,
): { readonly written: Command } | { readonly call: Fresh; readonly step: string } {
  const { calledAt, answered } = command;
  const fine = { ...command, failures: 0 };
  if (look.state === 'there') {
    // What cannot be seen was confirmed by the answer to our own call.
    const unconfirmed = answered ? undefined : look.unconfirmed;
    return {
      written: ended(fine, 'done', now, {
        ...(calledAt === undefined ? { already: true as const } : {}),
        ...(unconfirmed === undefined || unconfirmed.length === 0 ? {} : { unconfirmed: [...unconfirmed] }),
        seen: true,
      }),
    };
  }
  if (calledAt === undefined) {
    if (look.state === 'refused') return { written: ended(fine, 'refused', now, { reason: look.reason }) };
    if (now >= command.giveUpAt) return { written: expired(fine, now) };
    return { call: look.fresh, step: look.step };
  }
  const isNextStep = look.state === 'absent' && look.step !== command.step;
  // The call was answered and seen: another one is still missing.
  if (answered && isNextStep) return { call: look.fresh, step: look.step };
  const later = LOOKS_MS.map((ms) => calledAt + ms).find((at) => at > now);
  if (later !== undefined) return { written: { ...fine, updatedAt: now, dueAt: later } };
  // The platform said that it did it. What it shows is its own affair, and somebody is told.
  if (answered) return { written: ended(fine, 'done', now, { seen: false }) };
  if (look.state === 'refused') return { written: ended(fine, 'refused', now, { reason: look.reason }) };
  // The call whose outcome was unknown was seen, and nothing of it can still come.
  if (isNextStep) return { call: look.fresh, step: look.step };
  if (twice === 'harmful') return { written: ended(fine, 'in_doubt', now, { reason: UNKNOWN }) };
  if (command.tries >= MAX_TRIES) return { written: ended(fine, 'failed', now, { reason: NO_EFFECT }) };
  if (now >= command.giveUpAt) return { written: expired(fine, now) };
  return { call: look.fresh, step: look.step };
}

const TOO_LATE =
  'The time in which the command could be carried out is over. Give it again if it is still wanted.';
const UNKNOWN =
  'The platform gave no answer to the call and does not show its effect. Making the call again could do it twice. ' +
  "Look at the order in the platform's panel, then say what it shows.";
const NO_EFFECT = `The call was made ${MAX_TRIES} times and had no effect that the platform shows.`;
const KEPT_FAILING = 'The platform could not be asked until the time for the command was over.';

/** A command that nobody tried in the time it had. */
export const expired = (command: Command, now: EpochMs): Command =>
  ended(command, 'expired', now, { reason: TOO_LATE });

/** A command whose look at the platform failed. */
export function afterFailedLook(
  command: Command,
  error: PlatformError,
  now: EpochMs,
  random: () => number,
): Command {
  if (now >= command.giveUpAt) {
    return command.calledAt === undefined
      ? ended(command, 'expired', now, { reason: KEPT_FAILING })
      : ended(command, 'in_doubt', now, { reason: UNKNOWN });
  }
  if (error.kind === 'auth-failed') return waiting(command, now, AFTER_TRIP_MS);
  if (error.throttled) return waiting(command, now, error.retryAfterMs ?? backoffMs(0, random));
  if (command.calledAt === undefined && (error.kind === 'refused' || error.kind === 'not-found'))
    return refusedBy(command, error, now);
  const failures = command.failures + 1;
  return waiting(
    { ...command, failures },
    now,
    Math.max(error.retryAfterMs ?? 0, backoffMs(failures, random)),
  );
}

/** A command whose call failed. */
export function afterFailedCall(
  command: Command,
  error: PlatformError,
  now: EpochMs,
  random: () => number,
): Command {
  if (error.outcomeUnknown || error.kind === 'invalid-response') return waiting(command, now, 0);
  if (error.kind === 'refused' || error.kind === 'not-found') return refusedBy(command, error, now);
  // The call was turned away, and waiting is not a try.
  const untried = { ...untouched(command), tries: command.tries - 1 };
  if (error.kind === 'auth-failed') return waiting(untried, now, AFTER_TRIP_MS);
  if (error.throttled) return waiting(untried, now, error.retryAfterMs ?? backoffMs(0, random));
  const failures = command.failures + 1;
  return waiting(
    { ...untried, failures },
    now,
    Math.max(error.retryAfterMs ?? 0, backoffMs(failures, random)),
  );
}

function refusedBy(command: Command, error: PlatformError, now: EpochMs): Command {
  const answer = error.status === undefined ? 'was not sent' : `was answered ${error.status}`;
  const why = [error.detail, error.remedy].filter((part) => part !== undefined && part !== '').join(' ');
  return ended(command, 'refused', now, {
    reason: `${error.operation} ${answer}.${why === '' ? '' : ` ${why}`}`,
    ...(error.said === undefined ? {} : { platformSays: error.said }),
  });
}

/** A command whose call begins now. It is written before the call, so that whoever finds it knows that there may have been one. */
export function calling(command: Command, step: string, now: EpochMs): Command {
  const { dueAt: _, answered: __, ...rest } = command;
  const tries = command.step === step ? command.tries + 1 : 1;
  return { ...rest, state: 'running', step, calledAt: now, tries, updatedAt: now };
}

/** A command whose call the platform answered with a success. Its effect is still to be seen. */
export const answered = (command: Command, now: EpochMs): Command => ({
  ...command,
  answered: true,
  failures: 0,
  updatedAt: now,
});

/** A command that waits because nobody may call the platform now. */
export const heldUntil = (command: Command, at: EpochMs, now: EpochMs): Command =>
  waiting(command, now, Math.max(1000, at - now));
