import { MerchantConfigError } from '../config/merchant.ts';
import { describeError } from '../functions/runtime/describe-error.ts';
import { EXIT } from './exit.ts';
import { permissionHint } from './failure-hints.ts';
import { OperatorError } from './outputs.ts';
import { createProgram } from './program.ts';

try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = failed(error);
}

function failed(error: unknown): number {
  const code = error instanceof Error && 'exitCode' in error ? error.exitCode : undefined;
  if (code === 0) return 0;
  if (code === undefined) {
    const expected = error instanceof OperatorError || error instanceof MerchantConfigError;
    const hint = permissionHint(error);
    const said = expected ? error.message : describeError(error);
    process.stderr.write(`acopio: ${hint === undefined ? said : `${said}\n${hint}`}\n`);
  }
  return error instanceof OperatorError ? error.exit : EXIT.couldNotRun;
}
