import { spawnSync } from 'node:child_process';

/** The rules of the house that types and lint don't see. Runs all of them, and fails when one of them did. */
const GUARDS: Record<string, [command: string, ...args: string[]]> = {
  'names of platforms': ['node', 'scripts/platform-names.ts'],
  imports: ['node', 'scripts/dependency-rules.ts'],
  'unused, tests included': ['knip', '--no-progress'],
  'unused but by tests': ['knip', '--no-progress', '--production'],
};

const broken = Object.entries(GUARDS).filter(([name, [command, ...args]]) => {
  console.log(`\n-- ${name}`);
  const { status } = spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' });
  return status !== 0;
});

console.log(
  broken.length === 0 ? '\nAll guards hold.' : `\nBroken: ${broken.map(([name]) => name).join('; ')}.`,
);
if (broken.length > 0) process.exitCode = 1;
