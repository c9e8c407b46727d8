import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Merchant } from '../../config/merchant.ts';
import { DeployError } from '../../lib/deploy-error.ts';

const CHILD = fileURLToPath(new URL('./synthesize-child.ts', import.meta.url));

/**
 * Synthesizes the merchant's app in a process of its own: the CDK takes some 150 MB that it would never give back, and
 * the simulators can start meanwhile.
 *
 * @throws DeployError with what the other process said.
 */
export async function synthesizeApart(merchant: Merchant, outdir: string): Promise<void> {
  const child = spawn(process.execPath, [CHILD, outdir], { stdio: ['pipe', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  child.stdin.end(JSON.stringify(merchant));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new DeployError(complaint.trim() || `the synthesis ended with code ${code}`);
}
