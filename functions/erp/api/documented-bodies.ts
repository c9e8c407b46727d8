import * as z from 'zod';
import { COMMANDS } from '../../domain/command.ts';
import { commandInputs } from '../../domain/command-inputs.ts';
import { commandsBody } from './routes/commands.ts';
import { commandItem } from './routes/give-commands.ts';
import { priceItem, pricesBody } from './routes/put-prices.ts';
import { stockBody, stockItem } from './routes/put-stock.ts';

const ofEach = COMMANDS.map((name) =>
  commandItem().extend({ command: z.literal(name), input: commandInputs()[name] }),
);

/** By operation, where the route reads parts of its body by themselves, so that the mistakes of an item are its own. */
export const DOCUMENTED_BODIES: Readonly<Record<string, z.ZodType>> = {
  giveCommands: commandsBody(z.union(ofEach)),
  putPrices: pricesBody(priceItem()),
  putStock: stockBody(stockItem()),
};
