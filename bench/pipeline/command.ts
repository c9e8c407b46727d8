import { Command } from 'commander';
import { replaceSection } from '../readme.ts';
import { type AckFigures, measureAck } from './measure-ack.ts';
import { type LoadFigures, measureLoad } from './measure-load.ts';
import { measureRows, type RowFigures } from './measure-rows.ts';

const SAMPLES = {
  long: { acks: 3000, orders: 2000, load: 10_000 },
  short: { acks: 400, orders: 200, load: 500 },
};

interface Report {
  ack: { ours: AckFigures; bare: AckFigures; ratioP50: number };
  rows: RowFigures & { ratio: number };
  load: LoadFigures;
}

/** `bench pipeline`: from the webhook to the row on the local cloud, beside the least that each step can cost. */
export const command = new Command('pipeline')
  .description('acknowledgements and orders per second, and memory, beside bare baselines of the same run')
  .option('--short', 'fewer samples (under half a minute)')
  .option('--json', 'print the figures as JSON instead of tables')
  .option('--no-write', 'leave README.md as it is')
  .action(async (options: { short?: true; json?: true; write: boolean }) => {
    const samples = options.short ? SAMPLES.short : SAMPLES.long;
    // The whole deployment first: its memory must not count what another measurement left behind.
    const rows = await measureRows(samples.orders);
    const load = await measureLoad(samples.load);
    const ack = await measureAck(samples.acks);
    const report: Report = {
      ack: { ...ack, ratioP50: ack.ours.p50 / ack.bare.p50 },
      rows: { ...rows, ratio: rows.perSecond / rows.barePerSecond },
      load,
    };
    console.log(options.json ? JSON.stringify(report, null, 2) : table(report));
    if (options.write && !options.short) await replaceSection('pipeline', table(report));
  });

function table({ ack, rows, load }: Report): string {
  const ms = (value: number) => `${value.toFixed(2)} ms`;
  const rate = (value: number) => `${value.toFixed(0)} /s`;
  return [
    '| | ours | baseline | ratio |',
    '|---|---|---|---|',
    `| webhook acknowledged, p50 | ${ms(ack.ours.p50)} | ${ms(ack.bare.p50)} (a handler that only sends to the queue) | ${ack.ratioP50.toFixed(2)} |`,
    `| webhook acknowledged, p99 | ${ms(ack.ours.p99)} | ${ms(ack.bare.p99)} | ${(ack.ours.p99 / ack.bare.p99).toFixed(2)} |`,
    `| webhooks acknowledged, 8 at once | ${rate(ack.ours.perSecond)} | ${rate(ack.bare.perSecond)} | ${(ack.ours.perSecond / ack.bare.perSecond).toFixed(2)} |`,
    `| ${rows.orders} orders from webhook to row | ${rate(rows.perSecond)} | ${rate(rows.barePerSecond)} (a loop that only does the conditional write) | ${rows.ratio.toFixed(2)} |`,
    `| ${load.sent} webhooks as fast as they are taken, by the whole deployment | ${rate(load.perSecond)}, ${load.acknowledged} acknowledged, ${load.lost} of them lost | | |`,
    `| peak memory, whole local cloud | ${rows.peakMegabytes.toFixed(0)} MB | | |`,
  ].join('\n');
}
