import { writeFileSync } from 'node:fs';
import { describeError } from '../functions/runtime/describe-error.ts';
import { OperatorError } from './outputs.ts';

/** Writes a file that only its owner can read. @throws OperatorError where the file is there already, or cannot be written */
export function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw new OperatorError(
      isThere
        ? `${file} is there already, and stays as it is. Name a new file: the mode of that one may let others read it.`
        : `${file} cannot be written (${describeError(error)}). Name a file in a folder that is there and yours.`,
    );
  }
}
