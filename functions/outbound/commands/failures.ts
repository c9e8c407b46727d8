import { isErpCommand } from '../../domain/command.ts';
import type { EpochMs } from '../../domain/time.ts';
import { isOwnLimit, isRefusal, type PlatformError } from '../../http/errors.ts';
import type { Command } from '../../storage/command-item.ts';
import { endedBlind, refusal, waiting } from './endings.ts';
import { callRefused, lookRefused, nextLookAt, notMade, outcomeUnknown } from './progress.ts';

const FIRST_DELAY_MS = 5_000;
const LONGEST_DELAY_MS = 15 * 60_000;
/** After the circuit opened, a command comes back this soon, to wait with the others. */
const AFTER_TRIP_MS = 60_000;
/** A command for which there is no slot asks again at the latest after this long. */
const LONGEST_SLOT_WAIT_MS = 60_000;
/** The same of a customer or a product: a whole catalogue that asks each minute would fill the queue that orders come by. */
const LONGEST_ERP_SLOT_WAIT_MS = 15 * 60_000;

/** How long to wait after so many failures in a row, in ms; `random` is in [0, 1). */
function backoffMs(failures: number, random: () => number): number {
  const full = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures, 16));
  return spread(full, random);
}

/** All of a time, or as little as half of it, so that those that failed together do not come back together. */
const spread = (ms: number, random: () => number): number => Math.ceil(ms / 2 + (ms / 2) * random());

/**
 * How long to wait where there is no slot, in ms: no shorter than there is none for, and the longer the longer the command
 * has waited. Of a thousand commands that wait for a few calls a second, each would ask every few seconds else.
 */
function slotWaitMs(
  command: Command,
  { retryAfterMs = 0 }: PlatformError,
  now: EpochMs,
  random: () => number,
): number {
  return Math.max(spread(waitMs(command, now), random), retryAfterMs);
}

function waitMs({ acceptedAt, command }: Command, now: EpochMs): number {
  const longest = isErpCommand(command) ? LONGEST_ERP_SLOT_WAIT_MS : LONGEST_SLOT_WAIT_MS;
  return Math.min(longest, Math.max(FIRST_DELAY_MS, (now - acceptedAt) / 4));
}

/** A command that waits because the platform takes no call of it now. Waiting for a slot, or for a circuit, is no failure. */
function putOff(command: Command, error: PlatformError, now: EpochMs, random: () => number): Command {
  if (error.kind === 'auth-failed') return waiting(command, now, AFTER_TRIP_MS);
  if (isOwnLimit(error)) return waiting(command, now, slotWaitMs(command, error, now, random));
  if (error.throttled) return waiting(command, now, error.retryAfterMs ?? backoffMs(0, random));
  const failures = command.failures + 1;
  return waiting(
    { ...command, failures },
    now,
    Math.max(error.retryAfterMs ?? 0, backoffMs(failures, random)),
  );
}

/** A command whose look at the platform failed. */
export function afterFailedLook(
  command: Command,
  error: PlatformError,
  now: EpochMs,
  random: () => number,
): Command {
  if (isHopeless(command, now)) return endedBlind(command, now);
  return isRefusal(error) ? lookRefused(command, refusal(error), now) : putOff(command, error, now, random);
}

/** A command whose call failed. */
export function afterFailedCall(
  command: Command,
  error: PlatformError,
  now: EpochMs,
  random: () => number,
): Command {
  if (error.outcomeUnknown || error.kind === 'invalid-response') return outcomeUnknown(command, now);
  return isRefusal(error)
    ? callRefused(command, refusal(error), now)
    : putOff(notMade(command, now), error, now, random);
}

/** Its time is over, and so is that in which the effect of a call of it could still be seen. */
const isHopeless = (command: Command, now: EpochMs): boolean =>
  now >= command.giveUpAt && nextLookAt(command, now) === undefined;

/**
 * A command that waits because nobody may call the platform now. An open circuit is looked at again every few minutes: a whole
 * catalogue of customers or products that did so, all of it at once, would be paid for each time.
 */
export function heldUntil(command: Command, at: EpochMs, now: EpochMs, random: () => number): Command {
  if (isHopeless(command, now)) return endedBlind(command, now);
  const wait = Math.max(1000, at - now);
  if (!isErpCommand(command.command)) return waiting(command, now, wait);
  // No message waits for longer than that.
  const more = Math.min(waitMs(command, now), Math.max(0, LONGEST_ERP_SLOT_WAIT_MS - wait));
  return waiting(command, now, wait + spread(more, random));
}
