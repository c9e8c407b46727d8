import { type MirrorResult, mirror, type ProductObservation } from '../domain/mirror.ts';
import type { NormalisedProduct } from '../domain/product.ts';
import type { ProductRow } from '../domain/product-row.ts';
import { OwnError } from '../runtime/describe-error.ts';
import { UnstorableRow } from '../storage/order-lines.ts';
import { productPk } from '../storage/product-keys.ts';
import type { ProductStore } from '../storage/products.ts';
import type { OrderWriter } from './order-writer.ts';

/** Writes the products of one platform. */
export interface ProductWriter extends Pick<OrderWriter, 'raws' | 'metrics' | 'log' | 'clock'> {
  products: ProductStore;
}

/** An observation, with the bytes that a person has to look at where they were not understood. */
export type NewProductObservation = Omit<ProductObservation, 'raw'> & { bytes?: Uint8Array };

/** Several events of one product meet at its row; more than this means something else is wrong. */
const MAX_CONFLICTS = 32;

/** What a reading says, as an observation tells it. */
export const readingOfProduct = (reading: NormalisedProduct): ProductObservation['reading'] =>
  reading.ok
    ? { product: reading.product, ...(reading.omitted === undefined ? {} : { omitted: reading.omitted }) }
    : { review: { reason: reading.reason, problem: reading.problem } };

/**
 * Brings one observation of a product into the table, merged under a condition so that concurrent and late observations end
 * in the same row. Bytes are kept only where they were not understood: the platform tells the rest again whenever it is asked.
 *
 * @param known the row as it was read a moment ago: where it was written since, it is read again
 * @throws the AWS SDK's errors, or Error when other writers kept winning; the message then comes back.
 */
export async function upsertProduct(
  writer: ProductWriter,
  { bytes, ...observation }: NewProductObservation,
  known?: { row: ProductRow | undefined },
): Promise<MirrorResult> {
  const { key } = observation;
  let current = known === undefined ? await writer.products.get(key) : known.row;
  let seen: ProductObservation = { ...observation };
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; ) {
    if ('review' in seen.reading && seen.raw === undefined && bytes !== undefined)
      seen = { ...seen, raw: await writer.raws.put(key, bytes) };
    const result = mirror(current, seen, writer.clock.now());
    const done = await write(writer, result, current?.revision ?? 0);
    if (done instanceof UnstorableRow) {
      seen = { ...seen, reading: { review: { reason: done.reason, problem: done.message } } };
      continue;
    }
    if (done) {
      report(writer, seen, result);
      return result;
    }
    conflicts += 1;
    current = await writer.products.get(key);
  }
  throw new OwnError(
    `${productPk(key)}: gave up after ${MAX_CONFLICTS} write conflicts; correlation id ${observation.correlationId}`,
  );
}

/** False when another writer was quicker; the error when the table never takes the row. */
async function write(
  { products }: ProductWriter,
  { row }: MirrorResult,
  expected: number,
): Promise<boolean | UnstorableRow> {
  if (row === undefined) return true;
  try {
    return await products.put(row, expected);
  } catch (error) {
    // Where even that it needs review cannot be said, nothing can.
    if (error instanceof UnstorableRow && row.state === 'ok') return error;
    throw error;
  }
}

function report(
  { metrics, log }: ProductWriter,
  { key, origin: via, correlationId, reading }: ProductObservation,
  { outcome, row }: MirrorResult,
): void {
  metrics.add('ProductNeedsReview', key.platform, outcome === 'needs-review' ? 1 : 0);
  const fields = {
    product: productPk(key),
    outcome,
    via,
    correlationId,
    ...(row === undefined ? {} : { version: row.version }),
  };
  if ('review' in reading) log.warn('product needs review', { ...fields, ...reading.review });
  else log.info('product recorded', fields);
}
