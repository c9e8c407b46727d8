import { type ErpCommandName, STATUS_COMMANDS } from '../../domain/command.ts';
import type { ErpSubject } from '../../domain/command-subject.ts';
import type { NoCommand } from '../../platforms/commands.ts';
import { type Command, type Found, unfinished } from '../../storage/command-item.ts';
import type { CommandStore } from '../../storage/commands.ts';
import { type Acceptor, announce, USUAL_TERM_MS } from './accept.ts';

/** What became of something that the merchant's system has. Of what is not accepted nothing is stored. */
export type ErpAcceptance =
  | (Found & { readonly outcome: 'accepted' | 'known' })
  | { readonly outcome: 'refused'; readonly reason: string };

export interface ErpAcceptor extends Pick<Acceptor, 'hint' | 'clock' | 'log'> {
  readonly commands: Pick<CommandStore, 'accept' | 'latest'>;
}

/** What is kept. */
interface Wanted {
  readonly client: string;
  readonly command: ErpCommandName;
  readonly input: Readonly<Record<string, unknown>>;
  /** Of what tells it from others: the same again, while it is under way, is the same. */
  readonly sha256: string;
  readonly correlationId: string;
}

/** Keeps what something is to be, behind what was wanted of it before: the last one wins. */
export async function acceptOfErp(
  acceptor: ErpAcceptor,
  key: ErpSubject,
  { command, input, correlationId, ...wanted }: Wanted,
): Promise<Extract<ErpAcceptance, { outcome: 'accepted' | 'known' }>> {
  const { commands, clock } = acceptor;
  const last = goingOn(await commands.latest(key)).at(-1);
  if (last?.sha256 === wanted.sha256) {
    await announce(acceptor, key);
    return { outcome: 'known', key, command: last };
  }
  const kept = await commands.accept(key, {
    ...wanted,
    id: `${command}~${correlationId}`,
    command,
    input: { ...input },
    giveUpAt: clock.now() + USUAL_TERM_MS,
    correlationId,
  });
  await announce(acceptor, key);
  return { outcome: 'accepted', key: kept.key, command: kept.command };
}

/** Commands that will come to an end, or that what is wanted later waits for. */
export const goingOn = (commands: readonly Command[]): Command[] =>
  unfinished(commands).filter(({ command, state }) => state !== 'in_doubt' || STATUS_COMMANDS.has(command));

const NOT_CONFIGURED = 'The store is not in the configuration any more: nobody calls its platform.';

/** Why nobody would bring it about; undefined where somebody would. */
export function refusedAtOnce(write: object | NoCommand | undefined): string | undefined {
  if (write === undefined) return NOT_CONFIGURED;
  return 'refused' in write ? (write.refused as string) : undefined;
}
