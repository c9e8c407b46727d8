import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';

const MAIN = join(import.meta.dirname, '..', '..', 'ops', 'main.ts');

it('a command whose output nobody reads to its end, as with head, ends as it would have', async () => {
  const child = spawn(process.execPath, [MAIN, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();

  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);

  expect({ said, code }).toEqual({ said: '', code: 0 });
});
