import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { operatorOf } from './operator.ts';
import type { Shop } from './shop.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', 'ops', 'main.ts');

/** The operator's page over a shop, served by a process of its own. */
export interface ShopPage {
  /** The line with its link, which is good once; undefined where the page does not start. */
  line: string | undefined;
  close(): void;
}

/**
 * Serves the operator's page over a shop, as the operator's own command does. It may change what is there: that is a shop of
 * simulated platforms.
 *
 * @param say gets the link that is good after the first one was used
 */
export async function servePageOf(shop: Shop, say: (line: string) => void): Promise<ShopPage> {
  const { options, environment } = operatorOf(shop);
  const child = spawn(
    process.execPath,
    [PROGRAM, ...options, '--as', 'npm start', 'ui', '--write', '--personal', '--stay'],
    {
      // It ends when its standard input does: also when this process is killed.
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...environment },
    },
  );
  const lines = createInterface({ input: child.stdout });
  const line = await new Promise<string | undefined>((resolve) => {
    lines.once('line', resolve);
    child.once('error', () => resolve(undefined)).once('close', () => resolve(undefined));
  });
  lines.on('line', say);
  const close = () => {
    child.kill('SIGTERM');
    // As long as it may still be told something, it stays, and this process with it.
    child.stdin.end();
  };
  return { line, close };
}
