import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { PlatformError } from '../../functions/http/errors.ts';
import { describeError } from '../../functions/runtime/describe-error.ts';
import { SecretUnusable } from '../../functions/runtime/secrets.ts';
import { UnstorableRow } from '../../functions/storage/order-lines.ts';
import { bundleOptions } from '../../lib/bundles/bundler.ts';
import { temporaryFolder } from '../../lib/temporary-folder.ts';
import { ROOT } from './assembly.ts';

/** The same errors as a file has them that a function loads later. */
function errorsOfAnotherFile() {
  const outfile = join(temporaryFolder('beside'), 'beside.cjs');
  const contents = `
    export { PlatformError } from './functions/http/errors.ts';
    export { SecretUnusable } from './functions/runtime/secrets.ts';
    export { UnstorableRow } from './functions/storage/order-lines.ts';`;
  buildSync({ ...bundleOptions, sourcemap: false, stdin: { contents, resolveDir: ROOT }, outfile });
  return createRequire(import.meta.url)(outfile) as {
    PlatformError: typeof PlatformError;
    SecretUnusable: typeof SecretUnusable;
    UnstorableRow: typeof UnstorableRow;
  };
}

describe('an error that passes between a function and a file beside it', () => {
  const theirs = errorsOfAnotherFile();
  const details = { platform: 'p', operation: 'o', kind: 'auth-failed', status: 401 } as const;

  test.each([
    ['PlatformError', new PlatformError(details), new theirs.PlatformError(details)],
    ['SecretUnusable', new SecretUnusable('s', 'empty'), new theirs.SecretUnusable('s', 'empty')],
    ['UnstorableRow', new UnstorableRow('too-large', 'p'), new theirs.UnstorableRow('too-large', 'p')],
  ])('is what it is in both: %s', (name, our, their) => {
    const kinds = { PlatformError, SecretUnusable, UnstorableRow };

    const ours = Object.entries(kinds).filter(([, Kind]) => their instanceof Kind);
    const of = Object.entries(theirs).filter(([, Kind]) => our instanceof Kind);

    expect([ours, of].map((found) => found.map(([kind]) => kind))).toEqual([[name], [name]]);
    expect(describeError(their)).toBe(describeError(our));
  });

  test('is none of ours for its name alone', () => {
    const foreign = Object.assign(new Error('a text from outside'), { name: 'PlatformError' });

    expect(foreign instanceof PlatformError).toBe(false);
    expect({ name: 'PlatformError' } instanceof PlatformError).toBe(false);
  });
});
