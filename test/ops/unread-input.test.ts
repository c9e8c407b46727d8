import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../lib/temporary-folder.ts';
import { checkUnread } from '../../ops/unread-input.ts';

const folder = temporaryFolder('unread');
const open: number[] = [];
afterEach(() => {
  for (const fd of open.splice(0)) closeSync(fd);
});

/** A standard input, and what is said of it. */
function input(path: string, flags = 'r') {
  const fd = openSync(path, flags);
  open.push(fd);
  const said: string[] = [];
  return { fd, said, check: () => checkUnread((line) => said.push(line), fd) };
}
function file(text: string): string {
  const path = join(folder, 'input');
  writeFileSync(path, text);
  return path;
}

describe('the standard input of a connect that does not read it', () => {
  it.each(['{"api":{"token":"x"}}', '\uFEFF\n{"api":{}}'])(
    'stops it where it is a file of credentials, which are to be read or not to be there: %s',
    (text) => {
      expect(input(file(text)).check).toThrow(/only with --from-stdin\. Nothing was done/);
    },
  );

  it('is left to the loop of a shell that reads names from it, and is told of', () => {
    const { fd, said, check } = input(file('nuvemshop\npedidosya\n'));

    check();

    expect(said).toEqual([expect.stringContaining('was not read')]);
    expect(readFileSync(fd, 'utf8')).toBe('nuvemshop\npedidosya\n');
  });

  it('is told of as a pipe, of which nobody waits for anything', () => {
    const path = join(folder, 'pipe');
    execFileSync('sh', ['-c', 'mkfifo "$0"', path]);
    const { said, check } = input(path, 'r+');

    check();

    expect(said).toEqual([expect.stringContaining('add --from-stdin')]);
  });

  it.each([
    ['an empty file', () => file('')],
    ['no file', () => '/dev/null'],
  ])('is nothing to speak of as %s', (_, path) => {
    const { said, check } = input(path());

    check();

    expect(said).toEqual([]);
  });
});
