import type { Command } from 'commander';
import { vi } from 'vitest';
import { operatorOf } from '../../local/shop/operator.ts';
import type { Shop } from '../../local/shop/shop.ts';
import { examplesOf, wordsOf } from '../../ops/examples.ts';
import { OperatorError } from '../../ops/outputs.ts';
import { createProgram } from '../../ops/program.ts';
import { DEMO_CHAIN } from './routes.ts';

/** Commands that need something that is not here, do not end, or are run elsewhere and take long. */
const NOT_RUN = new Set([
  'ui',
  'orders tail',
  'privacy report',
  'privacy stop',
  'privacy resume',
  'reconcile',
  // Of a merchant whose stock is counted: test/system/stock.test.ts runs them.
  'stock show',
  'stock release',
  'stock follow',
  'stock settle',
  'stock drift',
  'stock attention',
  'stock import',
]);

const leaves = (command: Command): Command[] => [
  ...(Reflect.get(command, '_actionHandler') ? [command] : []),
  ...command.commands.flatMap(leaves),
];

/** The examples that `--help` shows. */
export const exampleLines = (): string[] =>
  leaves(createProgram())
    .filter((command) => !NOT_RUN.has(wordsOf(command)))
    .flatMap(examplesOf);

/** The words of an example, with a store that the shop has. */
export function argumentsOf(line: string): string[] {
  const storeId = line.includes('pedidosya:') ? DEMO_CHAIN : '5665778';
  return [...line.replace('STORE_ID', storeId).matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, quoted, literal, word]) => quoted ?? literal ?? word ?? '',
  );
}

/** Runs commands in this process, for there are many: by what one of the two policies allows. */
export function commandsHere(shop: Pick<Shop, 'assembly' | 'cloud'>, policy?: 'Operator' | 'Viewer') {
  return async (line: string): Promise<{ code: unknown; out: string }> => {
    const { options, environment } = operatorOf(shop, policy);
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    let out = '';
    const keep = (text: unknown) => {
      out += String(text);
      return true;
    };
    vi.spyOn(process.stdout, 'write').mockImplementation(keep);
    vi.spyOn(process.stderr, 'write').mockImplementation(keep);
    try {
      await createProgram().parseAsync([...options, ...argumentsOf(line)], { from: 'user' });
      return { code: process.exitCode ?? 0, out };
    } catch (error) {
      return { code: error instanceof OperatorError ? error.exit : 2, out: `${out}${String(error)}` };
    } finally {
      process.exitCode = undefined;
      vi.restoreAllMocks();
      vi.unstubAllEnvs();
    }
  };
}
