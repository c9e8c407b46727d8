import type { ConsumerFigures } from './consumer.ts';
import type { Figures } from './measure.ts';

const number = (value: number, digits = 0) =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const wait = (ms: number | undefined) =>
  ms === undefined ? '' : `${number(ms / 1000, ms < 1000 ? 2 : 0)} s`;

const meanAndWorst = (mean: number | undefined, worst: number, digits: number) =>
  mean === undefined ? number(worst, digits) : `${number(mean, digits)} (${number(worst, digits)})`;

function markdown(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}

/** The designs beside each other: one row per design, with the wait of urgent calls from the run that has some. */
export function comparisonTable(rows: { backlog: Figures; urgent: Figures }[]): string {
  return markdown(
    [
      'design',
      'used %',
      '429 per 1,000',
      'write units',
      'read units',
      'receives',
      'billed ms',
      'USD per million',
      'urgent p99',
    ],
    rows.map(({ backlog, urgent }) => [
      backlog.design,
      number(backlog.usedPercent, 1),
      number(backlog.refusedPerThousand),
      number(backlog.writeUnits, 2),
      number(backlog.readUnits, 1),
      number(backlog.receives, 2),
      number(backlog.billedMs),
      number(backlog.usdPerMillion, 2),
      wait(urgent.urgentP99),
    ]),
  );
}

/** Our own design in every scenario: the worst of the seeds in each column, in brackets where the mean stands before it. */
export function scenarioTable(rows: Figures[]): string {
  return markdown(
    [
      'scenario',
      'used %',
      'used % at p95',
      '429 per 1,000',
      'highest level',
      'write units',
      'receives',
      'billed ms',
      'USD per million',
      'urgent p99',
      'dead letters',
    ],
    rows.map((row) => [
      row.scenario,
      meanAndWorst(row.means?.usedPercent, row.usedPercent, 2),
      meanAndWorst(row.means?.usedPercentAt95, row.usedPercentAt95, 2),
      number(row.refusedPerThousand, 1),
      number(row.peak, 1),
      meanAndWorst(row.means?.writeUnits, row.writeUnits, 3),
      number(row.receives, 3),
      number(row.billedMs, 1),
      number(row.usdPerMillion, 2),
      wait(row.urgentP99),
      number(row.deadLetters),
    ]),
  );
}

/** Our own design where the platform queues: the worst of the seeds in each column, of the waits beside the usual one. */
export function queueingTable(rows: Figures[]): string {
  return markdown(
    [
      'scenario',
      'used % of the plan of the moment',
      '429 per 1,000',
      'highest level',
      'write units',
      'receives',
      'billed ms',
      'USD per million',
      'urgent p99',
    ],
    rows.map((row) => [
      row.scenario,
      number(row.usedOfMomentPercent, 1),
      number(row.refusedPerThousand, 1),
      number(row.peak, 1),
      number(row.writeUnits, 3),
      number(row.receives, 3),
      number(row.billedMs, 0),
      number(row.usdPerMillion, 2),
      row.urgentP99 === undefined
        ? ''
        : `${number((row.usualUrgentP99 ?? row.urgentP99) / 1000, 2)} s (${number(row.urgentP99 / 1000, 2)} s)`,
    ]),
  );
}

/** What a call costs the consumer beside the call, by what is read or written. */
export function consumerTable(rows: readonly ConsumerFigures[]): string {
  return markdown(
    [
      'scenario',
      'writes: bucket',
      'pending fetches',
      'row',
      'reads: pending fetches',
      'circuit',
      'row',
      'messages sent again',
    ],
    rows.map(({ scenario, writes, reads, sends }) => [
      scenario,
      number(writes.bucket, 2),
      number(writes.pending, 2),
      number(writes.row, 2),
      number(reads.pending, 2),
      number(reads.circuit, 2),
      number(reads.row, 2),
      number(sends, 2),
    ]),
  );
}

/** The worst of several runs of one scenario, column by column. */
export function worstOf(runs: readonly Figures[]): Figures {
  const [first] = runs;
  if (first === undefined) throw new Error('no run to judge: give at least one seed');
  const highest = (of: (run: Figures) => number) => Math.max(...runs.map(of));
  const lowest = (of: (run: Figures) => number) => Math.min(...runs.map(of));
  const late = runs.flatMap(({ urgentP99 }) => (urgentP99 === undefined ? [] : [urgentP99]));
  const mean = (of: (run: Figures) => number) => runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
  return {
    ...first,
    means: {
      usedPercent: mean((run) => run.usedPercent),
      usedPercentAt95: mean((run) => run.usedPercentAt95),
      writeUnits: mean((run) => run.writeUnits),
    },
    finished: runs.every(({ finished }) => finished),
    refusedPerThousand: highest((run) => run.refusedPerThousand),
    peak: highest((run) => run.peak),
    usedPercent: lowest((run) => run.usedPercent),
    usedPercentAt95: lowest((run) => run.usedPercentAt95),
    usedOfMomentPercent: lowest((run) => run.usedOfMomentPercent),
    writeUnits: highest((run) => run.writeUnits),
    readUnits: highest((run) => run.readUnits),
    receives: highest((run) => run.receives),
    over5Percent: highest((run) => run.over5Percent),
    billedMs: highest((run) => run.billedMs),
    usdPerMillion: highest((run) => run.usdPerMillion),
    ...(late.length > 0 && {
      urgentP99: Math.max(...late),
      usualUrgentP99: late.toSorted((a, b) => a - b)[Math.floor((late.length - 1) / 2)] ?? Number.NaN,
    }),
    deadLetters: runs.reduce((sum, run) => sum + run.deadLetters, 0),
  };
}
