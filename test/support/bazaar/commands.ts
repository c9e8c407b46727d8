import { COMMANDS, type CommandName } from '../../../functions/domain/command.ts';
import type { NoCommand } from '../../../functions/platforms/commands.ts';

const NO_CALL: NoCommand = { refused: 'Bazaar has no call for it. Use the Bazaar panel.' };

/** Bazaar has nothing done to an order. */
export const commands = Object.fromEntries(COMMANDS.map((name) => [name, NO_CALL])) as Record<
  CommandName,
  NoCommand
>;
