import { isErpCommand } from '../../domain/command.ts';
import { commandInputs } from '../../domain/command-inputs.ts';
import type { OrderRow } from '../../domain/order-row.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { CommandTable, Look, PlatformCommand } from '../../platforms/commands.ts';
import { type Command, withoutPerson } from '../../storage/command-item.ts';
import { ended, endedErased } from './endings.ts';
import type { Traits } from './progress.ts';

/** What carries a command out: the platform's own way, for what it is for, with the input as that way reads it. */
export interface Carrier {
  /** @throws PlatformError */
  look(api: unknown): Promise<Look<unknown>>;
  /** Makes the call that the look named. @throws PlatformError */
  run(api: unknown, fresh: unknown): Promise<void>;
  readonly traits: Traits;
}

/** What commands are for, as it stands now. */
export interface Subject {
  /** The command as it may be kept: what comes while the person is being erased tells nothing of the person. */
  bare(command: Command): Command;
  /** What carries a command out, or how it ends because nothing can any more. */
  carrierOf(command: Command, now: EpochMs): Carrier | { readonly ended: Command };
}

const ERASED =
  'The data of the person was erased, and with it a part of what the command says. Give it again without, if it is still wanted.';

/** A command that came while the person of its order was being erased keeps nothing of what may tell of the person. */
export const withoutErased = (command: Command, row: OrderRow | undefined): Command =>
  row?.erased === undefined ? command : (withoutPerson(command) ?? command);

/** What carries a command out, or how it ends because nothing can any more. */
export function carrierOf(
  table: CommandTable,
  command: Command,
  row: OrderRow | undefined,
  now: EpochMs,
): Carrier | { readonly ended: Command } {
  const name = command.command;
  if (isErpCommand(name))
    return { ended: ended(command, 'failed', now, { reason: 'An order has no such command.' }) };
  const entry = table[name];
  if ('refused' in entry) return { ended: ended(command, 'refused', now, { reason: entry.refused }) };
  if (row === undefined)
    return { ended: ended(command, 'failed', now, { reason: 'The order is not in the table any more.' }) };
  // Given while the person was erased: whoever gave it did not see that yet.
  const bare = row.erased === undefined || command.erased ? undefined : withoutPerson(command);
  if (bare !== undefined) return carrierOf(table, bare, row, now);
  if (command.erased) return { ended: endedErased(command, now, ERASED) };
  const read = commandInputs()[name].safeParse(command.input);
  if (!read.success)
    return { ended: ended(command, 'failed', now, { reason: 'The command cannot be read any more.' }) };
  // Each entry of the table takes the input of its own name, which a lookup by name cannot say.
  const carrier = entry as PlatformCommand;
  const input = read.data as never;
  const target = { orderId: row.platformOrderId, row, givenAt: command.acceptedAt };
  return {
    look: (api) => carrier.look(api, target, input),
    run: (api, fresh) => carrier.run(api, target, input, fresh),
    traits: {
      twice: carrier.twice(input),
      ignored: (carrier.ignores ?? []).filter((field) => Object.hasOwn(command.input, field)),
    },
  };
}
