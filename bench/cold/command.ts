import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { percentile } from '../pipeline/percentile.ts';
import { replaceSection } from '../readme.ts';
import { type Bundle, openSubjects, type Subjects } from './subjects.ts';

const CHILD = join(import.meta.dirname, 'child.mjs');
const RUNS = { long: 15, short: 5 };
/** Of the API's first calls, by the medians of CPU. */
const MOST_TIMES_BARE = 1.35;
const ROUTE = /^(?:GET|POST) /;

/** Letters of what a failed process said. */
const MOST_SHOWN = 1000;

interface Sample {
  initCpuMs: number;
  cpuMs: number;
  wallMs: number;
}

interface Line {
  what: string;
  kilobytes: number;
  calls: number;
  ours: Sample;
  bare: Sample;
  ratioCpu: number;
  ratioWall: number;
}

interface Report {
  runs: number;
  empty: Sample;
  lines: Line[];
  load: number;
}

/** `bench cold`: the deployed bundles in fresh processes, beside bare handlers with the same clients and the same calls. */
export const command = new Command('cold')
  .description('init and first call of the deployed bundles, beside bare handlers in the best build')
  .option('--short', 'fewer runs, and of the API alone')
  .option('--json', 'print the figures as JSON instead of a table')
  .option('--no-write', 'leave README.md as it is')
  .action(async (options: { short?: true; json?: true; write: boolean }) => {
    const report = await measure(options.short === true);
    console.log(options.json ? JSON.stringify(report, null, 2) : table(report));
    for (const { what, ratioCpu } of report.lines)
      if (ROUTE.test(what) && ratioCpu > MOST_TIMES_BARE) {
        console.error(
          `${what}: ${ratioCpu.toFixed(2)} times the bare handler, and ${MOST_TIMES_BARE} is the goal`,
        );
        process.exitCode = 1;
      }
    if (options.write && !options.short) await replaceSection('cold', table(report));
  });

async function measure(short: boolean): Promise<Report> {
  const subjects = await openSubjects();
  try {
    const runs = short ? RUNS.short : RUNS.long;
    const all = short ? subjects.all.filter(({ what }) => ROUTE.test(what)) : subjects.all;
    const bundles = [subjects.empty, ...all.flatMap(({ ours, bare }) => [ours, bare])];
    const samples = new Map<Bundle, Sample[]>(bundles.map((bundle) => [bundle, []]));
    // In turns: the machine has other things to do, and not always the same. The first turn fills the caches of files.
    for (let run = -1; run < runs; run += 1)
      for (const bundle of bundles) {
        const sample = await start(subjects, bundle);
        if (run >= 0) samples.get(bundle)?.push(sample);
      }
    const of = (bundle: Bundle) => median(samples.get(bundle) ?? []);
    const lines = all.map(({ what, ours, bare, calls }): Line => {
      const [one, other] = [of(ours), of(bare)];
      const kilobytes = statSync(ours.file).size / 1024;
      const ratios = { ratioCpu: one.cpuMs / other.cpuMs, ratioWall: one.wallMs / other.wallMs };
      return { what, kilobytes, calls, ours: one, bare: other, ...ratios };
    });
    return { runs, empty: of(subjects.empty), lines, load: loadavg()[0] ?? Number.NaN };
  } finally {
    await subjects.close();
  }
}

function median(samples: readonly Sample[]): Sample {
  const of = (name: keyof Sample) =>
    percentile(
      samples.map((sample) => sample[name]),
      0.5,
    );
  return { initCpuMs: of('initCpuMs'), cpuMs: of('cpuMs'), wallMs: of('wallMs') };
}

/** Loads a bundle in a fresh process and calls it once. @throws Error when it does not answer well */
async function start(subjects: Subjects, { file, event, env }: Bundle): Promise<Sample> {
  const renewed = await subjects.renew(event);
  const child = spawn(process.execPath, [CHILD, JSON.stringify({ bundle: file, event: renewed })], {
    env: { ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const [said = '', complaint = ''] = await Promise.all(
    [child.stdio[3], child.stderr].map((stream) => text(stream as Readable)),
  );
  if (said === '') throw new Error(`a first call failed: ${complaint.slice(-MOST_SHOWN)}`);
  const {
    init,
    total,
    status,
    failed = 0,
  } = JSON.parse(said) as {
    init: { cpuMs: number };
    total: { cpuMs: number; wallMs: number };
    status?: number;
    failed?: number;
  };
  if (status !== undefined && status !== 200) throw new Error(`a first call answered ${status}`);
  if (failed > 0) throw new Error(`a first call of ${file} could not do its work`);
  return { initCpuMs: init.cpuMs, cpuMs: total.cpuMs, wallMs: total.wallMs };
}

function table({ runs, empty, lines, load }: Report): string {
  const ms = (value: number) => value.toFixed(0);
  return [
    '| first call | bundle | calls of AWS | init, CPU | all, CPU | bare, CPU | ratio | all, wall | bare, wall | ratio |',
    '|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...lines.map(
      ({ what, kilobytes, calls, ours, bare, ratioCpu, ratioWall }) =>
        `| ${what} | ${kilobytes.toFixed(0)} KB | ${calls} | ${ms(ours.initCpuMs)} ms | ${ms(ours.cpuMs)} ms | ${ms(bare.cpuMs)} ms | ${ratioCpu.toFixed(2)} | ${ms(ours.wallMs)} ms | ${ms(bare.wallMs)} ms | ${ratioWall.toFixed(2)} |`,
    ),
    '',
    `Medians of ${runs} runs in turns. An empty handler takes ${empty.cpuMs.toFixed(1)} ms. The machine's load was ${load.toFixed(1)}.`,
  ].join('\n');
}
