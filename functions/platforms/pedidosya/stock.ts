import { priceTexts } from '../../domain/stock/prices.ts';
import { isRefusal, mayBeOfOne, ofChosenCall, PlatformError } from '../../http/errors.ts';
import {
  type Charging,
  refusedBy,
  type StockPort,
  type Telling,
  type TellingOf,
  type Told,
  type ToldSome,
} from '../stock.ts';
import { BATCH_SIZE, type ProductChange } from './client/product-change.ts';
import type { PedidosyaClient } from './client.ts';
import type { PedidosyaChain } from './settings.ts';

/** So many products are taken off sale one by one, because only a call for one product is done at once. */
const AT_ONCE_OFF = 5;

interface Part<T> {
  readonly index: number;
  readonly telling: T;
}

/**
 * PedidosYa shows no number: a product is on sale or not, and one order may hold so many of it (catalogue guide and its
 * frequent questions). `quantity` is not sent: it is stored nowhere, only compared with a buffer that is not ours to know,
 * and `active` says what is meant. It has one price. What is told in bulk is live within half an hour, by a job: its webhook
 * says that it ended, and the job itself which products it left as they were.
 */
export const stock: StockPort<PedidosyaChain, PedidosyaClient> = {
  shows: 'on-off',
  perCall: BATCH_SIZE,
  channels: ({ settings: { stores } }) =>
    stores.map(({ storeId, ownCode }) => ({
      outletId: storeId,
      ...(ownCode === undefined ? {} : { ownCode }),
    })),
  charges: ['price'],
  charge: ({ catalogue }, { settings }, chargings, most) =>
    told(catalogue, settings, chargings, { changeOf: priceOf, batchesOf: (parts) => sliced(parts, most) }),
  async jobEnd({ jobs }, _store, jobId) {
    const { ended, status, rejected } = await jobs.get(jobId);
    if (!ended) return undefined;
    return { rejected, ...(status === 'FAILED' ? { failed: true as const } : {}) };
  },
  tell: ({ catalogue }, { settings }, tellings, most) =>
    told(catalogue, settings, tellings, { changeOf, batchesOf: (parts) => offFirst(parts, most) }),
};

interface How<T> {
  changeOf(telling: T): ProductChange;
  batchesOf(parts: readonly Part<T>[]): Part<T>[][];
}

/** Where the calls for so many outlets fail, the platform answers nobody. */
const MOST_FAILING = 3;

/** One outlet may be what the platform stumbles over, time and again: it keeps no other one waiting. @throws the failure, at the end */
async function* told<T extends TellingOf>(
  catalogue: PedidosyaClient['catalogue'],
  settings: PedidosyaChain,
  tellings: readonly T[],
  how: How<T>,
): AsyncGenerator<ToldSome, void, undefined> {
  const parts = tellings.map((telling, index): Part<T> => ({ index, telling }));
  const failures: PlatformError[] = [];
  for (const [outlet, ofOutlet] of Map.groupBy(parts, ({ telling }) => telling.outletId)) {
    if (outlet === undefined) {
      const reason = 'Say in "stock.channels" which outlet is meant.';
      yield ofOutlet.map(({ index }) => [index, { outcome: 'refused', reason }] as const);
      continue;
    }
    try {
      yield* toldOutlet(catalogue, { vendor: vendorOf(outlet, settings), parts: ofOutlet }, how);
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      failures.push(error);
      if (!mayBeOfOne(error) || failures.length === MOST_FAILING) break;
    }
  }
  // Of what nobody knows the end, nothing may count as known.
  const failure = failures.find(({ outcomeUnknown }) => outcomeUnknown) ?? failures[0];
  if (failure !== undefined) throw failure;
}

async function* toldOutlet<T extends TellingOf>(
  catalogue: PedidosyaClient['catalogue'],
  { vendor, parts }: { vendor: string; parts: readonly Part<T>[] },
  { changeOf, batchesOf }: How<T>,
): AsyncGenerator<ToldSome, void, undefined> {
  for (const batch of batchesOf(parts)) {
    const changes = batch.map(({ telling }) => changeOf(telling));
    const outcomes = await catalogue.update(vendor, changes);
    const failed = outcomes.find((one) => one.kind === 'failed');
    const error = failed?.kind === 'failed' ? ofChosenCall(failed.error) : undefined;
    // Which of the products spoils a call, the platform does not say; what an outlet may not be told at all, it says once for all.
    const isOfAll = batch.length === 1 || error?.status === 403;
    if (error !== undefined && !(isRefusal(error) && isOfAll)) throw error;
    yield batch.map(({ index, telling }) => {
      const job = outcomes.find((one) => one.kind === 'job' && one.products.includes(nameOf(telling)));
      return [index, toldOf(error, job?.kind === 'job' ? job.jobId : undefined)] as const;
    });
  }
}

/** How the platform names an outlet in its paths: by the merchant's own code, once that was mapped. */
const vendorOf = (outlet: string, { stores }: PedidosyaChain): string =>
  stores.find(({ storeId }) => storeId === outlet)?.ownCode ?? outlet;

/** What goes off sale first, and at once where it is little. */
function offFirst(parts: readonly Part<Telling>[], most: number): Part<Telling>[][] {
  const off = parts.filter(({ telling: { display } }) => 'on' in display && !display.on);
  const alone = off.slice(0, AT_ONCE_OFF);
  const rest = [...off.slice(AT_ONCE_OFF), ...parts.filter((part) => !off.includes(part))];
  return [...alone.map((part) => [part]), ...sliced(rest, most)];
}

function sliced<T>(parts: readonly T[], most: number): T[][] {
  const batches: T[][] = [];
  for (let start = 0; start < parts.length; start += most) batches.push(parts.slice(start, start + most));
  return batches;
}

/** What has a SKU is named by it, as the platform writes it: with spaces around it, say, which are none of the SKU. */
const nameOf = ({ link }: TellingOf): string => link.variantId;

function changeOf(telling: Telling): ProductChange {
  const [sku, { display }] = [nameOf(telling), telling];
  if (!('on' in display)) return { sku, active: display.units !== 0 };
  const { on: active, most } = display;
  return { sku, active, ...(most === undefined ? {} : { maximumSalesQuantity: most }) };
}

const priceOf = (charging: Charging): ProductChange => ({
  sku: nameOf(charging),
  price: Number(priceTexts(charging.prices).price),
});

const toldOf = (error: PlatformError | undefined, job: string | undefined): Told =>
  error === undefined ? { outcome: 'taken', ...(job === undefined ? {} : { job }) } : refusedBy(error);
