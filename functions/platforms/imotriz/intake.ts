import { textOf } from '../../http/answer.ts';
import type { Incoming, Intake, Reading } from '../intake.ts';
import type { IntakePlatform } from '../platform.ts';
import { omitUndefined } from '../reading/tolerant-reader.ts';
import type { Store } from '../store.ts';
import { connectImotriz, type ImotrizClient, TIMEOUT_MS } from './client.ts';
import { normaliseImotrizOrder, normalisePageRecord } from './normalise.ts';
import { contentsOf, isSyntheticId, type PageRecord, readPage, readRecord } from './page.ts';
import { apiSecret } from './secrets.ts';
import type { ImotrizSettings, ImotrizStore } from './settings.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** How far back the platform lists ids (transactions guide). */
const LISTED_DAYS = 8;

/** Orders of iMotriz: polled, because it sends nothing, and reading marks them as synchronised. */
export const intake = {
  name: 'imotriz',
  title: 'iMotriz',
  stores: ({ stores }) => stores.map((settings) => ({ id: settings.storeId, settings })),
  credentials: {
    api: {
      schema: apiSecret,
      per: 'store',
      description: 'Token that iMotriz shows under "Integración API"',
      fields: ['token'],
    },
  },
  limits: ({ id, settings }) => ({ api: { scope: id, ...settings.rate } }),
  connect: ({ settings }, connection) => connectImotriz(settings, connection),
  // The one list whose reading takes nothing off it.
  check: {
    off: ({ settings: { paths } }) =>
      paths.orderIds === undefined
        ? 'reading new orders takes them off the list, and imotriz.stores[].paths.orderIds is not configured: the next poll shows whether the token is good'
        : undefined,
    read: (api) => api.orderIds(),
  },
  poll: {
    schedule: ({ settings: { poll } }) => ({ everyMinutes: poll.everyMinutes, quietHours: poll.quietHours }),
    maxPagesPerRun: ({ settings }) => settings.poll.maxPagesPerRun,
    slowestReadMs: TIMEOUT_MS,
    next: (api) => api.newOrders(),
    summarise(bytes) {
      const page = readPage(bytes);
      if (!page.ok) return { ok: false, problem: page.problem };
      const { records, metadata } = page;
      return omitUndefined({
        ok: true,
        returned: records.length,
        pending: metadata.pending,
        contents: contentsOf(records),
      });
    },
    lostReadRemedy:
      'Compare the orders of the last minutes in the iMotriz panel with the table, and mark the missing ones as not synchronised there',
  },
  read,
  resources: {
    order: {
      truth: 'pushed',
      finalStatuses: new Set(['cancelled']),
      normalise: (json, { settings }) => normaliseImotrizOrder(json, settings),
      readStored(bytes, { settings }) {
        const page = readPage(bytes);
        const records = page.ok ? page.records : [readRecord(textOf(bytes), 0)];
        const orders = records.map((record) => ({
          reading: normalisePageRecord(record, settings),
          bytes: bytesOf(record),
        }));
        return { kind: 'orders', orders };
      },
      isOrderId: (id) => id !== '' && !isSyntheticId(id),
      get: (api, orderId) => api.order(orderId),
      reconciliation: {
        lists: 'ids',
        off: ({ settings }) => reconciliationOff(settings),
        everyMinutes: ({ settings }) => settings.reconcile.everyMinutes,
        scans: () => [
          {
            name: 'ids',
            order: 0,
            everyMs: 0,
            lookbackMs: LISTED_DAYS * DAY_MS,
            firstMs: LISTED_DAYS * DAY_MS,
            // A day more for clocks and zones.
            keptMs: (LISTED_DAYS + 1) * DAY_MS,
            // The list knows no times: one slice is the whole of it.
            longestSliceMs: 30 * DAY_MS,
            quietPeriodMs: 0,
            query: {},
          },
        ],
        /** The client gives up after 60 s; the rest is for recording. */
        slowestCallMs: 70_000,
        listIds: (api) => api.orderIds(),
        /** An order that no poll handed out yet is absent as well: two polls have the time to bring it. */
        patienceMs: ({ settings }) => 2 * settings.poll.everyMinutes * MINUTE_MS,
        mismatchRemedy: 'check idKeys of the store in the configuration',
      },
    },
  },
  deployment: { maxConcurrency: 2 },
} satisfies IntakePlatform<ImotrizSettings, ImotrizStore, ImotrizClient>;

function read({ storeId, bytes }: Intake, stores: readonly Store<ImotrizStore>[]): Reading {
  const store = stores.find(({ id }) => id === storeId);
  const known = { storeId: storeId ?? '' };
  if (store === undefined) {
    const problem = 'the store is not in the configuration';
    return { items: [{ kind: 'unreadable', ...known, reason: 'foreign-store', problem }] };
  }
  const page = readPage(bytes);
  if (!page.ok)
    return { items: [{ kind: 'unreadable', ...known, reason: page.reason, problem: page.problem }] };
  return { items: page.records.map((record) => itemOf(record, store)), warnings: page.warnings };
}

function itemOf(record: PageRecord, { id: storeId, settings }: Store<ImotrizStore>): Incoming {
  const reading = normalisePageRecord(record, settings);
  const orderId = reading.ok
    ? reading.order.platformOrderId
    : (reading.platformOrderId ?? `record-${record.index}`);
  return { kind: 'order', storeId, orderId, reading, bytes: bytesOf(record) };
}

const bytesOf = ({ raw }: PageRecord): Uint8Array => Buffer.from(raw, 'utf8');

/** Both paths are needed, and neither is published (transactions guide): why nothing can be compared without them. */
function reconciliationOff({ paths }: ImotrizStore): string | undefined {
  const absent = (['orderIds', 'order'] as const).filter((name) => paths[name] === undefined);
  if (absent.length === 0) return undefined;
  const names = absent.map((name) => `imotriz.stores[].paths.${name}`).join(' and ');
  return `orders that were lost while they were read cannot be found: ${names} not configured. Read them off the API page of the seller panel`;
}
