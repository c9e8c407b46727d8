import type { EpochMs } from '../../domain/time.ts';
import type { Command } from '../../storage/command-item.ts';
import { ended } from './endings.ts';

/** What a person says of a command that nobody knows the end of. */
export type Verdict = 'done' | 'failed';

/** Whether a person may say how a command ended. */
export const isOpenToVerdict = ({ state }: Command): boolean => state === 'in_doubt';

/** Whether a command may be given once more as it is: nothing of it is under way, and it had no effect that is known of. */
export const isOpenToRetry = ({ state, erased }: Command): boolean =>
  erased === undefined && ['in_doubt', 'failed', 'expired', 'refused'].includes(state);

/** A command of which a person said how it ended. */
export function resolved(command: Command, verdict: Verdict, now: EpochMs): Command {
  const { reason: _, ...rest } = command;
  return verdict === 'done'
    ? ended(rest, 'done', now)
    : ended(rest, 'failed', now, { reason: 'A person looked, and the platform does not show its effect.' });
}

/** A command that begins anew, because a person wants it. Steps that were seen stay done. @param giveUpAt epoch ms */
export function givenAgain(command: Command, giveUpAt: EpochMs, now: EpochMs): Command {
  const { calledAt, callEndedAt, step, more, answered, dueAt, reason, platformSays, ...rest } = command;
  return { ...rest, state: 'accepted', tries: 0, failures: 0, giveUpAt, updatedAt: now };
}
