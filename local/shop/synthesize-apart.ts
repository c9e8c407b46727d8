import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Merchant } from '../../config/merchant.ts';
import { DeployError } from '../../lib/deploy-error.ts';

const CHILD = fileURLToPath(new URL('./synthesize-child.ts', import.meta.url));

/**
 * Synthesizes the merchant's app in a process of its own: the CDK takes some 150 MB that it would never give back, and
 * the simulators can start meanwhile.
 *
 * @throws DeployError with what the other process said, or the signal's reason.
 */
export async function synthesizeApart(
  merchant: Merchant,
  outdir: string,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  // The first of its group, so that it can be ended together with the bundler that it starts.
  const child = spawn(process.execPath, [CHILD, outdir], {
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true,
  });
  const end = () => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  };
  signal?.addEventListener('abort', end, { once: true });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  child.stdin.end(JSON.stringify(merchant));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  }).finally(() => signal?.removeEventListener('abort', end));
  signal?.throwIfAborted();
  if (code !== 0) throw new DeployError(complaint.trim() || `the synthesis ended with code ${code}`);
}
