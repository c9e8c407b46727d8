import { MerchantConfigError } from '../config/merchant.ts';
import { describeError } from '../functions/runtime/describe-error.ts';
import { DeployCommandError, EXIT } from './deploy/command-error.ts';
import { createProgram } from './deploy/program.ts';

/** `npm run synth | bootstrap | diff | deploy | destroy`: the words that a person needs, over the CDK's own program. */
try {
  process.exitCode = EXIT.done;
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = failed(error);
}

function failed(error: unknown): number {
  if (error instanceof DeployCommandError) {
    process.stderr.write(`acopio: ${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof MerchantConfigError) {
    process.stderr.write(`acopio: ${error.message}\n`);
    return EXIT.couldNotRun;
  }
  // Commander has printed its help or its complaint by itself.
  const code = error instanceof Error && 'exitCode' in error ? error.exitCode : undefined;
  if (code === 0) return EXIT.done;
  if (code === undefined) process.stderr.write(`acopio: ${describeError(error)}\n`);
  return EXIT.couldNotRun;
}
