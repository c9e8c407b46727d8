/** Asks the package registry for known vulnerabilities of what the lock file names. Says so and passes where it gives no answer. */
import { spawnSync } from 'node:child_process';
import * as z from 'zod';

/** A report of `npm audit --json`: by package, the worst that is known of it. */
const report = z.object({
  vulnerabilities: z.record(
    z.string(),
    z.object({ severity: z.string(), range: z.string(), via: z.array(z.unknown()) }),
  ),
});
/** What stops a change; the rest is named and left to a person. */
const STOPS = new Set(['high', 'critical']);

const { stdout } = spawnSync('npm', ['audit', '--json', '--package-lock-only'], {
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
  shell: process.platform === 'win32',
});
const read = report.safeParse(jsonOf(stdout ?? ''));
if (!read.success) {
  process.stdout.write('audit: the registry answers no audits here; nothing was checked\n');
} else {
  const known = Object.entries(read.data.vulnerabilities);
  for (const [name, { severity, range }] of known)
    process.stdout.write(`audit: ${severity}: ${name} ${range}\n`);
  process.stdout.write(`audit: ${known.length} packages with known vulnerabilities\n`);
  process.exitCode = known.some(([, { severity }]) => STOPS.has(severity)) ? 1 : 0;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
