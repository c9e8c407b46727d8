import type { EpochMs } from '../../domain/time.ts';
import type { PlatformError } from '../../http/errors.ts';
import type { Command } from '../../storage/command-item.ts';

type Ended = Extract<Command['state'], 'done' | 'refused' | 'failed' | 'in_doubt' | 'expired'>;
type Told = Pick<
  Command,
  'already' | 'seen' | 'unconfirmed' | 'ignored' | 'reason' | 'problems' | 'platformSays'
>;

/** A command that somebody is told about. */
export function ended(command: Command, state: Ended, now: EpochMs, more: Told = {}): Command {
  const { dueAt: _, ...rest } = command;
  const reason = more.reason ?? command.reason;
  const steps = command.stepsSeen.length;
  // Of what comes in parts the problems say which are not there, and among the calls are those that were refused.
  const before =
    steps === 0 || state === 'done' || more.problems !== undefined
      ? ''
      : ` Before that, ${steps === 1 ? 'one call of it had its' : `${steps} calls of it had their`} effect.`;
  return {
    ...rest,
    ...more,
    ...(reason === undefined ? {} : { reason: `${reason}${before}` }),
    state,
    updatedAt: now,
    eventCount: command.eventCount + 1,
  };
}

const TOO_LATE =
  'The time in which the command could be carried out is over. Give it again if it is still wanted.';
export const UNKNOWN =
  'The platform gave no answer to the call and does not show its effect. Making the call again could do it twice. ' +
  "Look at the order in the platform's panel, then say what it shows.";
export const UNSEEN_PART =
  'The platform answered a call of the command with a success and does not show its effect, so the calls that follow it ' +
  "were not made. Look at the order in the platform's panel: say done if all of it is there, or retry to go on.";
const KEPT_FAILING = 'The platform could not be asked until the time for the command was over.';
const NO_STORE =
  'The store is not in the configuration any more, and the time in which the command could be carried out is over. ' +
  "Do it in the platform's panel, or put the store back and deploy, and give the command again if it is still wanted.";

/** A command that nobody tried in the time it had. */
export const expired = (command: Command, now: EpochMs, reason = TOO_LATE): Command =>
  ended(command, 'expired', now, { reason });

/** A command whose store nobody may call any more. */
export const endedWithoutStore = (command: Command, now: EpochMs): Command =>
  endedBlind(command, now, NO_STORE);

/** A command that ends without a last look, because nobody can look. @param reason where no call of it was begun */
export function endedBlind(command: Command, now: EpochMs, reason = KEPT_FAILING): Command {
  if (command.answered) return endedUnseen(command, now);
  if (command.calledAt !== undefined) return ended(command, 'in_doubt', now, { reason: UNKNOWN });
  return expired(command, now, reason);
}

/**
 * A command that lost a part of what it says when its person was erased. Nobody looks for its call any more, or makes those
 * that would follow.
 */
export function endedErased(command: Command, now: EpochMs, reason: string): Command {
  const { calledAt, answered, more, step, stepsSeen } = command;
  if (calledAt === undefined) return ended(command, 'refused', now, { reason });
  if (!(answered && more && step !== undefined)) return endedBlind(command, now);
  return ended({ ...command, stepsSeen: [...stepsSeen, step] }, 'refused', now, { reason });
}

/**
 * A command whose call the platform answered with a success, and whose effect nobody saw. What the platform shows is its own
 * affair, and somebody is told; but of several calls the others are missing, and that is not done.
 */
export const endedUnseen = (command: Command, now: EpochMs, more: Told = {}): Command =>
  command.more
    ? ended(command, 'in_doubt', now, { reason: UNSEEN_PART })
    : ended(command, 'done', now, { ...more, seen: false });

/** A command that nobody looks at for a while; not for longer than it is wanted. */
export const waiting = (command: Command, now: EpochMs, waitMs: number): Command => ({
  ...command,
  updatedAt: now,
  dueAt: now < command.giveUpAt ? Math.min(now + waitMs, command.giveUpAt) : now + waitMs,
});

/** What a refusal of the platform says, in our words and in its own. */
export function refusal(error: PlatformError): { reason: string; platformSays?: string } {
  const answer = error.status === undefined ? 'was not sent' : `was answered ${error.status}`;
  const why = [error.detail, error.remedy].filter((part) => part !== undefined && part !== '').join(' ');
  return {
    reason: `${error.operation} ${answer}.${why === '' ? '' : ` ${why}`}`,
    ...(error.said === undefined ? {} : { platformSays: error.said }),
  };
}
