import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { SourceMap } from 'node:module';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { percentile } from '../pipeline/percentile.ts';
import { replaceSection } from '../readme.ts';
import { type Bundle, openSubjects, type Subject, type Subjects } from './subjects.ts';

const CHILD = join(import.meta.dirname, 'warm-child.mjs');
/** Calls before anything is measured, those that are timed, and those that are sampled. */
const CALLS = { long: { first: 60, timed: 60, sampled: 300 }, short: { first: 10, timed: 5, sampled: 10 } };

/** Whose code ran, in parts of the whole: the project's own, that of packages, and Node's with its collection of garbage. */
interface Shares {
  own: number;
  packages: number;
  node: number;
}

interface Line {
  what: string;
  cpuMs: number;
  bareCpuMs: number;
  shares: Shares;
}

interface Report {
  calls: number;
  lines: Line[];
  load: number;
}

/** `bench hot`: what a warm function takes of CPU, beside a bare handler that makes the same calls, and whose code it is. */
export const command = new Command('hot')
  .description('CPU of warm functions beside bare handlers with the same calls, and whose code takes it')
  .option('--short', 'fewer calls')
  .option('--json', 'print the figures as JSON instead of a table')
  .option('--no-write', 'leave README.md as it is')
  .action(async (options: { short?: true; json?: true; write: boolean }) => {
    const report = await measure(options.short === true ? CALLS.short : CALLS.long);
    console.log(options.json ? JSON.stringify(report, null, 2) : table(report));
    if (options.write && !options.short) await replaceSection('hot', table(report));
  });

async function measure(calls: (typeof CALLS)['long']): Promise<Report> {
  const subjects = await openSubjects();
  try {
    const lines: Line[] = [];
    for (const subject of subjects.all) lines.push(await measureOne(subjects, subject, calls));
    return { calls: calls.timed, lines, load: loadavg()[0] ?? Number.NaN };
  } finally {
    await subjects.close();
  }
}

async function measureOne(
  subjects: Subjects,
  { what, ours, bare }: Subject,
  { first, timed, sampled }: (typeof CALLS)['long'],
): Promise<Line> {
  const [own, other] = [start(subjects, ours), start(subjects, bare)];
  try {
    // In turns: the machine has other things to do, and not always the same.
    const taken: { own: number; other: number }[] = [];
    for (let call = 0; call < first + timed; call += 1)
      taken.push({ own: await own.call(), other: await other.call() });
    await own.say({ order: 'start' });
    for (let call = 0; call < sampled; call += 1) await own.call();
    const { profile } = (await own.say({ order: 'stop' })) as Profiler.StopReturnType;
    const median = (name: 'own' | 'other') =>
      percentile(
        taken.slice(first).map((one) => one[name]),
        0.5,
      );
    return {
      what,
      cpuMs: median('own'),
      bareCpuMs: median('other'),
      shares: sharesOf(profile, ours.file),
    };
  } finally {
    await Promise.all([own.end(), other.end()]);
  }
}

/** A bundle in a process of its own. */
function start(subjects: Subjects, { file, event, env }: Bundle) {
  const child: ChildProcess = fork(CHILD, [file], {
    env: { ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  async function say(message: object): Promise<unknown> {
    child.send(message);
    const [answer] = (await Promise.race([once(child, 'message'), exited])) as [
      { done?: unknown; error?: string } | number | null,
    ];
    if (typeof answer !== 'object' || answer === null) throw new Error(`${file} ended by itself`);
    if (answer.error !== undefined) throw new Error(`a warm call of ${file} failed: ${answer.error}`);
    return answer.done;
  }
  return {
    say,
    /** Ms of CPU of one call. @throws Error when it does not answer well */
    async call(): Promise<number> {
      const answer = (await say({ event: await subjects.renew(event) })) as {
        cpuMs: number;
        status?: number;
        failed?: number;
      };
      if ((answer.status ?? 200) !== 200 || (answer.failed ?? 0) > 0)
        throw new Error(`a warm call of ${file} could not do its work`);
      return answer.cpuMs;
    },
    async end() {
      child.kill();
      await exited;
    },
  };
}

/** What a profile's samples fell into. A function counts where it stands, whoever calls it. */
function sharesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile, file: string): Shares {
  const map = `${file}.map`;
  const sources = existsSync(map) ? new SourceMap(JSON.parse(readFileSync(map, 'utf8'))) : undefined;
  const kinds = new Map(nodes.map(({ id, callFrame }) => [id, kindOf(callFrame, file, sources)]));
  const us = { own: 0, packages: 0, node: 0 };
  for (const [at, id] of samples.entries()) {
    const kind = kinds.get(id);
    if (kind !== undefined) us[kind] += timeDeltas[at] ?? 0;
  }
  const whole = us.own + us.packages + us.node;
  return { own: us.own / whole, packages: us.packages / whole, node: us.node / whole };
}

/** Undefined of what no call is: waiting, the process that calls, and the profiler, which begins and ends within its own samples. */
function kindOf(
  { functionName, url, lineNumber, columnNumber }: Profiler.ProfileNode['callFrame'],
  file: string,
  sources: SourceMap | undefined,
): keyof Shares | undefined {
  if (functionName === '(idle)' || functionName === '(root)') return undefined;
  if (url.includes('warm-child') || url === 'node:inspector') return undefined;
  if (!url.includes(file)) return 'node';
  const entry = sources?.findEntry(lineNumber, columnNumber);
  // The bundle's map names no source but ours: lib/bundles/own-source-map.ts.
  return entry !== undefined && 'originalSource' in entry && entry.originalSource !== undefined
    ? 'own'
    : 'packages';
}

function table({ calls, lines, load }: Report): string {
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  return [
    '| warm call | CPU | bare, CPU | ratio | our code | packages | Node |',
    '|---|--:|--:|--:|--:|--:|--:|',
    ...lines.map(
      ({ what, cpuMs, bareCpuMs, shares: { own, packages, node } }) =>
        `| ${what} | ${cpuMs.toFixed(1)} ms | ${bareCpuMs.toFixed(1)} ms | ${(cpuMs / bareCpuMs).toFixed(2)} | ${percent(own)} | ${percent(packages)} | ${percent(node)} |`,
    ),
    '',
    `Medians of ${calls} calls in turns, after some that count for nothing. The machine's load was ${load.toFixed(1)}.`,
  ].join('\n');
}
