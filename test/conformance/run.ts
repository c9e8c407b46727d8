import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

function run(command: string, args: string[], cwd: string): number {
  return spawnSync(command, args, { cwd, stdio: 'inherit', shell: process.platform === 'win32' }).status ?? 1;
}

const java = spawnSync('java', ['-version'], { encoding: 'utf8' });
if (java.status !== 0) {
  process.stdout.write(
    "conformance: not run, because there is no java here. The referee, AWS's DynamoDB Local, needs Java 17 or newer: install it and run the command again.\n",
  );
  process.exit(0);
}
if (!existsSync(`${folder}node_modules`)) {
  process.stdout.write('conformance: installing the referee (350 MB, once) ...\n');
  const status = run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], folder);
  if (status !== 0) process.exit(status);
}
process.exit(run('vitest', ['run', '--config', 'test/conformance/vitest.config.ts'], root));
