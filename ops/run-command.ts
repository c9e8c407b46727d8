import { MerchantConfigError } from '../config/merchant.ts';
import { describeError } from '../functions/runtime/describe-error.ts';
import { EXIT } from './exit.ts';
import { permissionHint } from './failure-hints.ts';
import { OperatorError } from './outputs.ts';
import { createProgram } from './program.ts';

/**
 * Runs one command. What went wrong stands on the standard error.
 *
 * @param words as the shell has them, from the command's name on
 * @returns the exit code
 */
export async function runCommand(words: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(words, { from: 'user' });
    return Number(process.exitCode ?? EXIT.done);
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown): number {
  const code = error instanceof Error && 'exitCode' in error ? error.exitCode : undefined;
  if (code === 0) return EXIT.done;
  if (code === undefined) {
    const expected = error instanceof OperatorError || error instanceof MerchantConfigError;
    const hint = permissionHint(error);
    const said = expected ? error.message : describeError(error);
    process.stderr.write(`acopio: ${hint === undefined ? said : `${said}\n${hint}`}\n`);
  }
  return error instanceof OperatorError ? error.exit : EXIT.couldNotRun;
}
