import { Command } from 'commander';
import * as z from 'zod';
import { parseJson } from '../functions/http/answer.ts';
import { readTolerantly } from '../functions/platforms/reading/tolerant-reader.ts';
import { percentile } from './pipeline/percentile.ts';
import { replaceSection } from './readme.ts';

const SAMPLES = { long: 40, short: 8 };
const BYTES = 1024 * 1024;
const ODD_FIELDS = [0, 2000, 20_000];

const text = z.union([z.string(), z.number().transform(String)]).nullish();
const schema = z.object({
  id: z.string(),
  items: z.array(z.object({ name: text, code: text, quantity: z.number() })),
});
const isRequired = (path: readonly PropertyKey[]) => path.at(-1) !== 'name' && path.at(-1) !== 'code';

/** An order of a megabyte, some of whose fields are of no type that its schema expects. */
function order(odd: number): string {
  const good = { name: 'x'.repeat(9), code: 'y', quantity: 1 };
  const count = Math.floor(BYTES / JSON.stringify(good).length);
  const items = Array.from({ length: count }, (_, index) => (index < odd ? { ...good, name: [] } : good));
  return JSON.stringify({ id: 'o', items });
}

interface Line {
  odd: number;
  ms: number;
  ratio: number;
}

/** Both in turns, so that what else the machine does hits both. */
function measure(samples: number): { baselineMs: number; lines: Line[] } {
  const clean = order(0);
  const texts = ODD_FIELDS.map(order);
  const baseline: number[] = [];
  const times = ODD_FIELDS.map((): number[] => []);
  for (let sample = 0; sample < samples; sample += 1) {
    baseline.push(timed(() => schema.safeParse(JSON.parse(clean)).success));
    for (const [index, one] of texts.entries())
      times[index]?.push(timed(() => readTolerantly(schema, parseJson(one), isRequired).ok));
  }
  const baselineMs = percentile(baseline, 0.5);
  const lines = ODD_FIELDS.map((odd, index): Line => {
    const ms = percentile(times[index] ?? [], 0.5);
    return { odd, ms, ratio: ms / baselineMs };
  });
  return { baselineMs, lines };
}

function timed(work: () => boolean): number {
  const startedAt = performance.now();
  if (!work()) throw new Error('the order was not read');
  return performance.now() - startedAt;
}

/** `bench reading`: what odd fields of an order cost, beside parsing and checking a clean one of the same size. */
export const command = new Command('reading')
  .description(
    'reading an order of a megabyte with odd fields, beside JSON.parse and its schema on a clean one',
  )
  .option('--short', 'fewer samples')
  .option('--json', 'print the figures as JSON instead of a table')
  .option('--no-write', 'leave README.md as it is')
  .action(async (options: { short?: true; json?: true; write: boolean }) => {
    measure(2);
    const report = measure(options.short ? SAMPLES.short : SAMPLES.long);
    console.log(options.json ? JSON.stringify(report, null, 2) : table(report));
    if (options.write && !options.short) await replaceSection('reading', table(report));
  });

function table({ baselineMs, lines }: ReturnType<typeof measure>): string {
  return [
    '| odd fields in 1 MiB | ours, p50 | baseline, p50 | ratio |',
    '|---|---|---|---|',
    ...lines.map(
      ({ odd, ms, ratio }) =>
        `| ${odd} | ${ms.toFixed(1)} ms | ${baselineMs.toFixed(1)} ms (JSON.parse and the schema, none odd) | ${ratio.toFixed(2)} |`,
    ),
  ].join('\n');
}
