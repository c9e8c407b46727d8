import { COMMANDS, type CommandName } from '../../domain/command.ts';
import type { CommandTable, NoCommand } from '../commands.ts';

const NO_CALL: NoCommand = {
  refused:
    'iMotriz publishes no write call. Type it into the order in the iMotriz seller panel, where stage, carrier, dispatch date and tracking are kept.',
};

/** Nothing: the transactions API only reads. */
export const commands = Object.fromEntries(COMMANDS.map((name) => [name, NO_CALL])) as Record<
  CommandName,
  NoCommand
> satisfies CommandTable;
