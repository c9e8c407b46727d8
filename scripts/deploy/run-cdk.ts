import { spawn } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** Runs the CDK's program with these arguments on this terminal. Resolves with its exit code. */
export type CdkRunner = (args: readonly string[]) => Promise<number>;

export const runCdk: CdkRunner = (args) =>
  new Promise((resolve, reject) => {
    const windows = process.platform === 'win32';
    const child = spawn('cdk', [...args], { cwd: ROOT, stdio: 'inherit', shell: windows });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
