import { readFile } from 'node:fs/promises';
import { subjectName } from '../../functions/domain/item-name.ts';
import { mapConcurrent } from '../../functions/pipeline/map-concurrent.ts';
import {
  countProducts,
  type EachProduct,
  type ProductCounts,
  type ProductResult,
  planningFor,
  storeForProducts,
  writingTo,
} from '../actions/product-writes.ts';
import { agree } from '../ask.ts';
import type { OperatorContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { OperatorError } from '../outputs.ts';
import { command, DRY_RUN, indented, print, withoutControls } from '../print.ts';
import { type ProductLine, readProduct, readProducts, textLinesOf } from '../product-file.ts';
import { untilEnded, writeLine } from '../until-ended.ts';

interface WriteOptions {
  /** `PLATFORM:STORE_ID`; not needed where one store takes products. */
  store?: string;
  yes: boolean;
  dryRun: boolean;
  json: boolean;
}

/** Products that are accepted at the same time. */
const AT_ONCE = 4;
/** Products of a file that are held for each that is worked on at the same time. */
const HELD_PER_WORKER = 10;

/**
 * Has one product of a file brought about, as `PUT /v1/products/{externalId}` does.
 *
 * @param id of the product; where it is absent the file says it
 * @returns 1 where it is refused
 */
export async function pushProduct(
  context: OperatorContext,
  file: string,
  id: string | undefined,
  options: WriteOptions,
): Promise<number> {
  const store = storeForProducts(context, options.store);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined)
    throw new OperatorError(
      `${file} cannot be read. Name a file with one product, as JSON: what PUT /v1/products/{externalId} takes.`,
    );
  const read = readProduct(text, id);
  if (!('problems' in read) && !options.dryRun) {
    const key = { ...store, externalProductId: read.externalId };
    await agree(
      `This writes ${subjectName(key)} of merchant ${context.merchant.name} to its platform, as ${file} says.`,
      options.yes,
    );
  }
  const one = { line: 1, ...read };
  const each = options.dryRun
    ? planningFor(context, store)
    : writingTo(context.writtenProducts.writer, store);
  const about = { product: read.externalId ?? '', ...store };
  const results: ProductResult[] = [];
  const work = async (correlationId: string) => {
    const { line: _, ...result } = await each(one, correlationId);
    results.push(result);
    return { result: result.result };
  };
  await (options.dryRun || 'problems' in read
    ? work('ops-dry-run')
    : context.audited('products push', about, work));
  const [result] = results;
  if (result === undefined) throw new OperatorError('Nothing is known of the product.');
  const next = options.dryRun ? [DRY_RUN] : nextLines(context, result);
  print(options.json, { ...dryOf(options), ...result }, [...linesFor(result, file), ...next]);
  return result.result === 'refused' ? EXIT.needsPerson : EXIT.done;
}

/**
 * Has the products of a file brought about, one in each line. What cannot be read is refused alone; what is so already costs no
 * call. Giving the command again is safe.
 *
 * @returns 1 where a line was refused, or not all of the file was read
 */
export async function importProducts(
  context: OperatorContext,
  file: string,
  options: WriteOptions,
): Promise<number> {
  const { dryRun, json } = options;
  const store = storeForProducts(context, options.store);
  const checked = await check(file);
  if (!dryRun && checked.good > 0) {
    const bad = checked.bad === 0 ? '' : ` What cannot be read is left out: ${counted(checked.bad, 'line')}.`;
    await agree(
      `This writes ${counted(checked.good, 'product')} of ${file} to ${store.platform}:${store.storeId} of merchant ${context.merchant.name}.${bad}`,
      options.yes,
    );
  }
  const each = dryRun ? planningFor(context, store) : writingTo(context.writtenProducts.writer, store);
  const counting = countProducts();
  return untilEnded(async (signal) => {
    async function tell(result: ProductResult): Promise<void> {
      counting.add(result);
      clearProgress();
      const isTold = dryRun || result.result === 'refused';
      if (json) await writeLine(JSON.stringify({ ...dryOf(options), ...result }), signal);
      else if (isTold) await writeLine(linesFor(result, file).map(withoutControls).join('\n'), signal);
    }
    let isWhole = true;
    const run = async (correlationId: string) => {
      const concurrency = dryRun ? 1 : AT_ONCE;
      isWhole = await takeAll({
        file,
        each,
        correlationId,
        signal,
        tell,
        concurrency,
        all: checked.good + checked.bad,
      });
      const { accepted, known, unchanged, refused } = counting.counts();
      return { accepted, known, unchanged, refused };
    };
    const about = { ...store, products: checked.good };
    await (dryRun || checked.good === 0
      ? run('ops-dry-run')
      : context.audited('products import', about, run));
    clearProgress();
    const total = counting.counts();
    print(json, { ...dryOf(options), total, ...(isWhole ? {} : { stopped: true }) }, [
      ...endOf(context, file, total, { dryRun, isWhole }),
    ]);
    return total.refused > 0 || !isWhole ? EXIT.needsPerson : EXIT.done;
  });
}

const dryOf = ({ dryRun }: WriteOptions) => (dryRun ? { dryRun } : {});

/** Reads the whole file before anything is done with it. @throws OperatorError where it cannot be read, or holds nothing */
async function check(file: string): Promise<{ good: number; bad: number }> {
  const found = { good: 0, bad: 0 };
  for await (const one of readProducts(textLinesOf(file))) found['problems' in one ? 'bad' : 'good'] += 1;
  if (found.good + found.bad > 0) return found;
  throw new OperatorError(`${file} holds no product. It takes one in each line, as JSON.`);
}

/** Works on the products of a file, some at a time, and tells of them in their order. False where it was stopped before the end. */
async function takeAll({
  file,
  each,
  correlationId,
  signal,
  tell,
  concurrency,
  all,
}: {
  file: string;
  each: EachProduct;
  correlationId: string;
  signal: AbortSignal;
  tell: (result: ProductResult) => Promise<void>;
  concurrency: number;
  /** How many there are. */
  all: number;
}): Promise<boolean> {
  let taken: ProductLine[] = [];
  let done = 0;
  const work = async () => {
    const results = new Map<number, ProductResult>();
    await mapConcurrent(concurrency, taken, async (one) => {
      results.set(one.line, await each(one, `${correlationId}.${one.line}`));
      done += 1;
      showProgress(`${done} of ${all} products`);
    });
    for (const { line } of taken) {
      const result = results.get(line);
      if (result !== undefined) await tell(result);
    }
    taken = [];
  };
  for await (const one of readProducts(textLinesOf(file))) {
    if (signal.aborted) return false;
    taken.push(one);
    if (taken.length >= concurrency * HELD_PER_WORKER) await work();
  }
  await work();
  return true;
}

/** One product, for a person. */
export function linesFor(result: ProductResult, file: string): string[] {
  const { line, externalId, product, calls, prices, reason, problems = [] } = result;
  const place = line === undefined ? file : `${file}:${line}`;
  const name = product ?? externalId ?? place;
  const priced =
    prices === undefined || prices === 0
      ? []
      : [`  prices of ${counted(prices, 'SKU')} are told as those of PUT /v1/prices`];
  if (result.result === 'refused')
    return [
      ...(reason === undefined ? [] : [`${place}: ${externalId ?? ''}: ${reason}`]),
      ...problems.map(({ pointer, detail }) => `${place}: ${pointer === '' ? '' : `${pointer}: `}${detail}`),
    ];
  return [
    `${name}: ${STATES[result.result]}${calls === undefined || calls.length === 0 ? '' : `, ${counted(calls.length, 'call')}`}`,
    ...indented((calls ?? []).map(({ method, path, what }) => [`${method} ${path}`, what])),
    ...priced,
  ];
}

const STATES: Readonly<Record<Exclude<ProductResult['result'], 'refused'>, string>> = {
  accepted: 'accepted',
  new: 'would be accepted',
  known: 'the same is under way already',
  unchanged: 'unchanged, nobody is called',
};

const nextLines = (context: OperatorContext, { result, product }: ProductResult): string[] =>
  product === undefined || result === 'refused' || result === 'unchanged'
    ? []
    : [`To watch it: ${command(context, `products status ${product}`)}`];

function endOf(
  context: OperatorContext,
  file: string,
  counts: ProductCounts,
  { dryRun, isWhole }: { dryRun: boolean; isWhole: boolean },
): string[] {
  const { accepted, known, unchanged, refused, calls } = counts;
  const parts = [
    dryRun ? `${counts.new} would be accepted with ${counted(calls, 'call')}` : `${accepted} accepted`,
    ...(known > 0 ? [`${known} under way already`] : []),
    `${unchanged} unchanged`,
    `${refused} refused`,
  ];
  const isBegun = !dryRun && accepted + known > 0;
  return [
    `${parts.join(', ')}.`,
    ...(isWhole
      ? []
      : ['It was stopped; the rest of the file was not read. To go on, give the command again.']),
    ...(dryRun ? [DRY_RUN] : []),
    ...(isBegun
      ? [`To see what becomes of them: ${command(context, `products status --file ${file}`)}`]
      : []),
  ];
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** On a terminal only; a pipe gets the result alone. */
const showProgress = (said: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${said} ...`);
};
const clearProgress = (): void => {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
};
