import { subjectName } from '../../functions/domain/item-name.ts';
import type { PlatformName } from '../../functions/domain/order.ts';
import { isoTime } from '../../functions/domain/time.ts';
import { isOpenToRetry, isOpenToVerdict } from '../../functions/outbound/commands/by-a-person.ts';
import { type Command, type Found, unfinished } from '../../functions/storage/command-item.ts';
import type { CommandWork } from '../../functions/storage/command-keys.ts';
import type { OperatorContext } from '../context.ts';

const WORK: readonly CommandWork[] = ['in-doubt', 'failed', 'under-way'];
/** Of each platform, of each kind of work. */
const MOST_LISTED = 200;
const DAY_MS = 24 * 3_600_000;

/** What is shown of a command: nothing that may tell of a person. */
export const shownOf = ({ key, command }: Found) => ({
  order: subjectName(key),
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

/** The same, and how it went so far. */
export const wholeOf = (found: Found) => {
  const { command } = found;
  return {
    ...shownOf(found),
    correlationId: command.correlationId,
    tries: command.tries,
    ...(command.calledAt === undefined ? {} : { calledAt: isoTime(command.calledAt) }),
    ...(command.already === undefined ? {} : { already: true }),
    ...(command.unconfirmed === undefined ? {} : { unconfirmed: command.unconfirmed.join(', ') }),
    ...(command.ignored === undefined ? {} : { ignored: command.ignored.join(', ') }),
  };
};

/** A command in a list, with what a person may decide about it. */
export type CommandView = ReturnType<typeof commandView>;
export const commandView = (found: Found) => ({
  ...wholeOf(found),
  updatedAt: isoTime(found.command.updatedAt),
  openTo: { retry: isOpenToRetry(found.command), verdict: isOpenToVerdict(found.command) },
});

/** Whether a command waits for a person. */
export const commandNeedsPerson = ({ command: { state } }: Found): boolean =>
  state !== 'accepted' && state !== 'running';

/** Commands in doubt, those that failed in so many days, and those under way. */
export async function commandsNow(
  context: Pick<OperatorContext, 'commandPlatforms' | 'commandsAtWork' | 'commands' | 'control'>,
  { platform, days, most = MOST_LISTED }: { platform?: PlatformName; days: number; most?: number },
): Promise<Found[]> {
  const platforms = context.commandPlatforms.filter((name) => platform === undefined || name === platform);
  const found: Found[] = [];
  for (const name of platforms) {
    for (const work of WORK) {
      const from = work === 'failed' ? context.control.clock.now() - days * DAY_MS : undefined;
      const places = await context.commandsAtWork(name, work, { from, limit: most });
      for (const { key, n } of places) {
        const commands: (Command | undefined)[] =
          n === undefined
            ? unfinished(await context.commands.ofOrder(key)).filter(({ state }) => state !== 'in_doubt')
            : [await context.commands.get(key, n)];
        for (const command of commands) if (command !== undefined) found.push({ key, command });
      }
    }
  }
  return found;
}
