import { describe, expect, it } from 'vitest';
import { contentHash } from '../../functions/domain/canonical-json.ts';
import { createAliases } from '../../functions/storage/aliases.ts';
import { createAuditTrail } from '../../functions/storage/audit-trail.ts';
import { createBackfillRequests } from '../../functions/storage/backfill-requests.ts';
import { createChunkStore } from '../../functions/storage/chunks.ts';
import { createCircuitBreaker } from '../../functions/storage/circuit-breaker.ts';
import { createMadeCategories } from '../../functions/storage/creations.ts';
import { createCustomerStore } from '../../functions/storage/customers.ts';
import { createEmails } from '../../functions/storage/emails.ts';
import { createErasureLedger } from '../../functions/storage/erasure-ledger.ts';
import { createFoundCurrentStore } from '../../functions/storage/found-current.ts';
import { createInstallStates } from '../../functions/storage/install-states.ts';
import { createJobResults } from '../../functions/storage/job-results.ts';
import { createListedIds } from '../../functions/storage/listed-ids.ts';
import { createOrderStore, createRawStore } from '../../functions/storage/orders.ts';
import { createPauses } from '../../functions/storage/pauses.ts';
import { createPendingFetches } from '../../functions/storage/pending-fetches.ts';
import { createPrivacyReports } from '../../functions/storage/privacy-reports.ts';
import { createProductStore } from '../../functions/storage/products.ts';
import {
  createMissingIds,
  createProgressStore,
  createReports,
} from '../../functions/storage/reconcile-memory.ts';
import { createLease, createOutbox, createPollBackoff } from '../../functions/storage/runs.ts';
import { createStoreErasure } from '../../functions/storage/store-erasure.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';
import { customerRowOf, productRowOf, refreshRequest, rowOf, SHA256 } from './samples.ts';
import { bytes, list, number, object, shapesIn, text } from './stored-shapes.ts';

/**
 * Pins the keys and the attribute names of every kind of item in both tables, with the type of each attribute. Until the
 * first release a pin changes with a line in the changelog; afterwards only with a migration of what is stored.
 */
const tables = localTables();
const clock = movedClock();
const now = () => clock.now();
const ISO = '2026-11-22T12:00:00.000Z';

/** Every store of one merchant account, so that a test names only the write it is about. */
function storesOf(storeId: string) {
  const store = { ...tables, platform: 'shop', storeId, clock };
  const backfill = createBackfillRequests(store);
  return {
    aliases: createAliases(tables.client, tables.table),
    emails: createEmails(tables.client, tables.table),
    orders: createOrderStore(tables.client, tables.table),
    products: createProductStore(tables.client, tables.table),
    customers: createCustomerStore(tables.client, tables.table),
    raws: createRawStore({ ...tables, days: 90, now }),
    circuit: createCircuitBreaker({ ...store, backfill: { request: async () => {} } }),
    pauses: createPauses({ ...store, storeId: 'paused', backfill: { request: async () => {} } }),
    backfill,
    progress: createProgressStore(store),
    reports: createReports(store),
    missing: createMissingIds(store),
    foundCurrent: createFoundCurrentStore(store),
    listedIds: createListedIds(store),
    lease: createLease({ ...tables, name: { job: 'poll', platform: 'shop', storeId }, clock }),
    pending: createPendingFetches(store),
    outbox: createOutbox(store),
    backoff: createPollBackoff(store),
    chunks: createChunkStore({ ...tables, now }),
    trail: createAuditTrail({ ...tables, platform: 'shop', clock, random: () => 'nonce' }),
    privacy: createPrivacyReports(store),
    erasure: createStoreErasure(store),
    ledger: createErasureLedger(store),
    states: createInstallStates({ ...store, random: () => 'state' }),
    jobs: createJobResults({ ...store, now }),
    categories: createMadeCategories(store),
  };
}

const shapesOf = shapesIn(tables);
const entry = { at: number, details: object, id: text, state: text, what: text, who: text };
const row = {
  changedAt: text,
  contentHash: text,
  correlationId: text,
  observedAt: number,
  order: object,
  origin: object,
  personal: object,
  platform: text,
  platformOrderId: text,
  revision: number,
  sourceTime: number,
  state: text,
  storeId: text,
  storeKey: text,
  version: number,
};
const productRow = {
  changedAt: text,
  content: object,
  correlationId: text,
  eventCount: number,
  observedAt: number,
  origin: object,
  platform: text,
  platformProductId: text,
  product: object,
  revision: number,
  state: text,
  storeId: text,
  storeKey: text,
  version: number,
};

const { platformProductId: _, product: __, ...mirroredRow } = productRow;
const customerRow = { ...mirroredRow, customer: object, personal: object, platformCustomerId: text };

describe('the orders table', () => {
  it('holds by what texts an order is found', async () => {
    const { aliases } = storesOf('s');

    const shapes = await shapesOf(() =>
      aliases.add(
        { kind: 'tracking code', text: 'tr-1' },
        { platform: 'shop', storeId: 's', platformOrderId: 'a#1' },
      ),
    );

    expect(shapes).toEqual({ 'alias#tr-1 tracking code#shop#s#order#a#1': {} });
  });

  it('holds by which hash an e-mail leads to an order', async () => {
    const owner = { platform: 'shop', storeId: 's', resource: 'order', id: 'a#1' } as const;

    const shapes = await shapesOf(() => storesOf('s').emails.note(owner, SHA256));

    expect(shapes).toEqual({
      [`shop#s#by-email#${SHA256} order#a#1`]: {},
      'shop#s#email-of#a#1 order': { hash: text },
    });
  });

  it('holds that the person of a customer was erased, so that no e-mail leads there', async () => {
    const owner = { platform: 'shop', storeId: 's', resource: 'customer', id: 'c#1' } as const;

    const shapes = await shapesOf(() => storesOf('s').emails.erase(owner));

    expect(shapes).toEqual({ 'shop#s#email-of#c#1 customer': { erased: 'boolean' } });
  });

  it('holds an order row', async () => {
    const shapes = await shapesOf(() => storesOf('s').orders.put(rowOf('a#1'), 0));

    expect(shapes).toEqual({ 'shop#s#order#a#1 row': row });
  });

  it('holds a row of a customer', async () => {
    const shapes = await shapesOf(() => storesOf('s').customers.put(customerRowOf('c#1'), 0));

    expect(shapes).toEqual({ 'shop#s#customer#c#1 row': customerRow });
  });

  it('holds a row of a customer whose person was erased', async () => {
    const { personal: _, ...rest } = customerRowOf('gone');
    const erased = { at: 1, because: 'operator', request: 'c-1' } as const;

    const shapes = await shapesOf(() => storesOf('s').customers.put({ ...rest, erased }, 0));

    const { personal: __, ...kept } = customerRow;
    expect(shapes).toEqual({ 'shop#s#customer#gone row': { ...kept, erased: object } });
  });

  it('holds a row of a product', async () => {
    const shapes = await shapesOf(() => storesOf('s').products.put(productRowOf('p#1'), 0));

    expect(shapes).toEqual({ 'shop#s#product#p#1 row': productRow });
  });

  it('holds a row of a product that needs review, and one that the platform has no more', async () => {
    const review = { reason: 'schema-mismatch', problem: 'p', at: now() } as const;
    const raw = { sha256: SHA256, bytes: 1, chunkCount: 1 };

    const shapes = await shapesOf(async () => {
      await storesOf('s').products.put(productRowOf('odd', { state: 'needs-review', review, raw }), 0);
      await storesOf('s').products.put(productRowOf('gone', { removedAt: now() }), 0);
    });

    expect(shapes).toEqual({
      'shop#s#product#odd row': {
        ...productRow,
        review: object,
        raw: object,
        reviewAt: text,
        reviewOf: text,
      },
      'shop#s#product#gone row': { ...productRow, removedAt: number },
    });
  });

  it('holds the many variants of a product compressed', async () => {
    const plain = productRowOf('many');
    const variants = Array.from({ length: 900 }, (_, n) => ({
      platformVariantId: String(n),
      sku: `${n} ${'long '.repeat(100)}`,
    }));

    const shapes = await shapesOf(() =>
      storesOf('s').products.put({ ...plain, product: { ...plain.product!, variants } }, 0),
    );

    expect(shapes).toEqual({ 'shop#s#product#many row': { ...productRow, packedVariants: bytes } });
  });

  it('holds the counters of a row that was removed', async () => {
    const { orders } = storesOf('s');

    const shapes = await shapesOf(async () => {
      await orders.put(rowOf('removed', { eventCount: 1 }), 0);
      await orders.remove(rowOf('removed', { eventCount: 1 }));
    });

    expect(shapes).toEqual({
      'shop#s#order#removed row': { state: text, version: number, revision: number, eventCount: number },
    });
  });

  it('holds a row that needs review', async () => {
    const review = { reason: 'schema-mismatch', problem: 'p', at: now() } as const;

    const shapes = await shapesOf(() =>
      storesOf('s').orders.put(rowOf('review', { state: 'needs-review', review }), 0),
    );

    expect(shapes).toEqual({
      'shop#s#order#review row': { ...row, review: object, reviewAt: text, reviewOf: text },
    });
  });

  it('holds lines that a row has no room for', async () => {
    const plain = rowOf('large');
    const lines = Array.from({ length: 40 }, (_, index) => ({
      lineId: `${index}`,
      name: 'n'.repeat(15_000),
      quantity: 1,
      unit: 'unit' as const,
      unitPrice: 1,
      total: 1,
    }));

    const shapes = await shapesOf(() =>
      storesOf('s').orders.put({ ...plain, order: { ...plain.order!, lines } }, 0),
    );

    const sha256 = contentHash(lines);
    expect(shapes).toEqual({
      'shop#s#order#large row': { ...row, linesAside: object },
      [`shop#s#order#large lines#0000000001#${sha256}#000`]: { lines: list },
      [`shop#s#order#large lines#0000000001#${sha256}#001`]: { lines: list },
    });
  });

  it('holds raw bytes', async () => {
    const key = { platform: 'shop', storeId: 's', platformOrderId: 'raw' };

    const shapes = await shapesOf(() => storesOf('s').raws.put(key, Buffer.from('{}')));

    expect(shapes).toEqual({
      'shop#s#order#raw raw#44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a#000': {
        data: bytes,
        expiresAt: number,
      },
    });
  });
});

type Stores = ReturnType<typeof storesOf>;
const PINS: [string, (stores: Stores) => Promise<unknown>, Record<string, Record<string, string>>][] = [
  [
    'an open circuit',
    ({ circuit }) => circuit.trip('401', 'replace'),
    {
      'circuit#shop#s circuit': {
        cause: text,
        closedBy: text,
        openedAt: number,
        probeAt: number,
        remedy: text,
        stoppedAt: number,
      },
    },
  ],
  [
    "a person's pause",
    ({ pauses }) => pauses.pause({ by: 'ana', reason: 'prices', until: 1 }),
    { 'circuit#shop#paused circuit': { pause: object } },
  ],
  [
    'when calls were resumed',
    ({ circuit }) => circuit.resume('notice', now()),
    { 'circuit#shop#s resumed': { expiresAt: number, resumedAt: number } },
  ],
  [
    'a backfill request',
    ({ backfill }) => backfill.request(1),
    { 'reconcile#shop#s backfill': { from: number, requestedAt: number } },
  ],
  [
    'the progress of a scan',
    ({ progress }) =>
      progress.save('recent', { since: 1, until: 2, gaps: [], sliceMs: 3, workedAt: 4, revision: 0 }),
    {
      'reconcile#shop#s progress#recent': {
        gaps: list,
        revision: number,
        since: number,
        sliceMs: number,
        until: number,
        workedAt: number,
      },
    },
  ],
  [
    'the report of a reconciliation',
    ({ reports }) => reports.keep({ runId: 'run-1', startedAt: ISO, endedAt: ISO }),
    {
      [`reconcile#shop#s report#${ISO}#run-1`]: {
        endedAt: text,
        expiresAt: number,
        runId: text,
        startedAt: text,
      },
    },
  ],
  [
    'what a scan listed so far',
    ({ listedIds }) => listedIds.add('customers', { cycle: 'run-1', chunks: 0 }, ['c1'], now()),
    { 'reconcile#shop#s listed#customers#run-1#0000': { expiresAt: number, ids: bytes } },
  ],
  [
    'what a scan found current',
    ({ foundCurrent }) => foundCurrent.save('recent', { checkedAt: 60_000, readAt: new Map([[1, 0]]) }),
    { 'reconcile#shop#s current#recent': { checkedAt: number, entries: bytes, expiresAt: number } },
  ],
  [
    'missing ids',
    ({ missing }) => missing.save({ a: { since: 1 } }),
    { 'reconcile#shop#s missing': { ids: object } },
  ],
  [
    'a category that we make, and one that we made',
    async ({ categories }) => {
      await categories.keep({ parentId: undefined, name: 'ropa' }, { callUntil: 1 });
      await categories.keep({ parentId: '7', name: 'remeras' }, { id: '8', at: 1 });
    },
    {
      [`category#shop#s top#${contentHash('ropa')}`]: { callUntil: number },
      [`category#shop#s 7#${contentHash('remeras')}`]: { at: number, id: text },
    },
  ],
  [
    'a lease',
    ({ lease }) => lease.acquire('run-1', 1000),
    { 'lease#poll#shop#s lease': { heldUntil: number, holder: text, instance: text } },
  ],
  [
    'a pending fetch',
    ({ pending }) =>
      pending.schedule(
        { resource: 'order', id: 'o#1' },
        { me: 'c-1', scheduledAt: 2, staleSince: 1, priority: 'urgent' },
      ),
    {
      'pending#shop#s#o#1 pending': {
        expiresAt: number,
        owner: text,
        priority: text,
        scheduledAt: number,
        staleSince: number,
      },
    },
  ],
  [
    'a message that was set aside',
    ({ outbox }) => outbox.setAside([refreshRequest('c-2', 5)], 'refused'),
    {
      'outbox-aside#shop#s 000000000000005#c-2#000': {
        expiresAt: number,
        message: object,
        reason: text,
        setAsideAt: number,
      },
    },
  ],
  [
    'a message in the outbox',
    ({ outbox }) => outbox.keep([refreshRequest('c-1', 5)]),
    { 'outbox#shop#s 000000000000005#c-1#000': { message: object } },
  ],
  [
    'the backoff of a poller',
    ({ backoff }) => backoff.failed(),
    { 'poll-backoff#shop#s backoff': { failures: number, notBefore: number } },
  ],
  [
    'a chunk of a payload',
    ({ chunks }) =>
      chunks.add('c-1', { encoding: 'utf8', data: 'a', sha256: SHA256, chunk: { index: 1, count: 2 } }),
    { [`chunks#c-1#${SHA256} 001`]: { expiresAt: number, payload: object } },
  ],
  [
    'a mark that a payload was dealt with',
    ({ chunks }) =>
      chunks.forget('c-2', { encoding: 'utf8', data: 'a', sha256: SHA256, chunk: { index: 1, count: 2 } }),
    { [`chunks#c-2#${SHA256} done`]: { expiresAt: number } },
  ],
  [
    'an entry of the audit trail, and its end',
    ({ trail }) => trail.during({ id: 'c-1', who: 'me', what: 'replay', details: {} }, async () => ({})),
    {
      [`audit#shop ${ISO}#c-1#nonce`]: entry,
      [`audit#shop ${ISO}#c-1#nonce#end`]: entry,
    },
  ],
  [
    'a report for a data request',
    ({ privacy }) =>
      privacy.keep({
        id: '7',
        storeId: 's',
        producedAt: ISO,
        held: { orders: [] },
        notHeld: { orders: [], checkouts: [], drafts: [] },
        remarks: [],
      }),
    { 'privacy-report#shop#s 7#000': { data: bytes, expiresAt: number, head: object } },
  ],
  [
    'a request to erase a store',
    async ({ erasure }) => {
      await erasure.schedule({ request: 'c-1', requestedAt: 1, goneSince: 2 });
      await erasure.working('c-1');
      await erasure.stop('c-1', 'me');
    },
    {
      'store-erasure#shop#s erasure': {
        dueAt: number,
        goneSince: number,
        request: text,
        requestedAt: number,
        state: text,
        stopped: object,
        workedAt: number,
      },
    },
  ],
  [
    'an entry of the ledger of erasures',
    ({ ledger }) => ledger.add({ kind: 'order', id: 'a#1', at: 1, because: 'operator', request: 'c-1' }),
    { 'erasure-ledger#shop#s order#a#1': { at: number, because: text, request: text } },
  ],
  [
    'the state of an installation',
    ({ states }) => states.issue(),
    {
      'install#shop#4ba69735ca53765ed6a709edb56c6ea236b7193a3b29a6b390c346f0f4340e4e state': {
        expiresAt: number,
        validUntil: number,
      },
    },
  ],
  [
    'the result of a catalogue job',
    ({ jobs }) =>
      jobs.keep({
        jobId: 'j-1',
        status: 'COMPLETED',
        platformStatus: 'DONE',
        ended: true,
        vendorId: 'v',
        downloadUrl: 'u',
        rejected: [{ product: 'p', reasons: ['r'] }],
      }),
    {
      [`catalogue-job#shop ${ISO}#j-1`]: { expiresAt: number, heardAt: text, jobId: text },
      'catalogue-job#shop#j-1 result': {
        downloadUrl: text,
        endedAt: text,
        expiresAt: number,
        platformStatus: text,
        rejected: list,
        rejectedCount: number,
        revision: number,
        status: text,
        vendorId: text,
      },
    },
  ],
];

describe('the control table', () => {
  it.each(PINS)('holds %s', async (_, write, pinned) => {
    expect(await shapesOf(() => write(storesOf('s')))).toEqual(pinned);
  });
});
