import { createHmac } from 'node:crypto';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import type { CustomerRow } from '../../functions/domain/customer-row.ts';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import type { StockSettings } from '../../functions/domain/stock/settings.ts';
import { stockFollowing } from '../../functions/erp/stock-following.ts';
import { createTracker, track } from '../../functions/erp/track.ts';
import { eraseCustomer, eraseOrder, withoutPerson } from '../../functions/pipeline/privacy/erase.ts';
import { createAliases } from '../../functions/storage/aliases.ts';
import { customerPk } from '../../functions/storage/customer-keys.ts';
import { createCustomerStore } from '../../functions/storage/customers.ts';
import { createEmails } from '../../functions/storage/emails.ts';
import { orderPk } from '../../functions/storage/keys.ts';
import { createOrderClaims } from '../../functions/storage/order-claims.ts';
import { createOrderStore, createRawStore } from '../../functions/storage/orders.ts';
import { customerRowOf, rowOf } from '../storage/samples.ts';
import { countingMetrics, keptLog, movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';
import { imageOf } from './stream-image.ts';

const tables = localTables();
const clock = movedClock();
const STORE = { platform: 'shop', storeId: 's' };
const STOCK: StockSettings = {
  owner: 'erp',
  baseMeans: 'available',
  settle: { quietSeconds: 10, atMostSeconds: 60 },
  kits: {},
  channels: [{ ...STORE, sells: ['main'], buffer: 0, shows: 'number' }],
};
const KEY = 'k'.repeat(64);
const hashOf = (email: string, key = KEY) => createHmac('sha256', key).update(email).digest('hex');
const emails = () => createEmails(tables.client, tables.table);
const WHY = { because: 'customer-request', request: 'c-1' } as const;
const eraser = () => ({
  orders: createOrderStore(tables.client, tables.table),
  customers: createCustomerStore(tables.client, tables.table),
  raws: createRawStore({ ...tables, days: 1, now: clock.now }),
  links: { to: async () => undefined },
  commands: { erase: async () => {} },
  emails: emails(),
  clock,
});

/** A tracker, what it told, and how often it read the key. @param key what the secret holds; absent: it cannot be read */
function tracker({
  key,
  settings,
  client = tables.client,
  time = clock,
}: {
  key: string | undefined;
  settings?: StockSettings;
  client?: typeof tables.client;
  time?: typeof clock;
}) {
  const told = { log: keptLog(), metrics: countingMetrics(), reads: 0 };
  const secrets = {
    send: async () => {
      told.reads += 1;
      if (key === undefined) throw Object.assign(new Error('no'), { name: 'AccessDeniedException' });
      return { SecretString: JSON.stringify({ key }) };
    },
  } as unknown as SecretsManagerClient;
  const env = {
    MERCHANT: 'm',
    LOG_LEVEL: 'INFO' as const,
    SECRETS: { emailKey: 'key' },
    ORDERS_TABLE: tables.table,
    STOCK_QUEUES: {},
  };
  const log = { ...told.log, begin: () => {} };
  const metrics = { ...told.metrics, flush: () => {} };
  return {
    ...createTracker(
      settings && stockFollowing(settings),
      { env, log, metrics, clock: time },
      client,
      secrets,
    ),
    told,
  };
}

const ofBuyer = (id: string, email: string | undefined, change: Partial<OrderRow> = {}) =>
  rowOf(id, { ...change, personal: email === undefined ? {} : { email } });
const ofCustomer = (id: string, email: string) => customerRowOf(id, { personal: { email } });
type Row = OrderRow | CustomerRow;
const pkOf = (row: Row) => ('platformCustomerId' in row ? customerPk(row) : orderPk(row));
/** Writes of rows, as the stream tells of them. */
const written = (...changes: [before: Row | undefined, after: Row][]) => ({
  Records: changes.map(([before, after], n) => ({
    dynamodb: {
      Keys: { pk: { S: pkOf(after) }, sk: { S: 'row' } },
      ...(before === undefined ? {} : { OldImage: imageOf(before) }),
      NewImage: imageOf(after),
      SequenceNumber: String(n),
    },
  })),
});
const found = async (email: string, key = KEY) =>
  (await emails().find(STORE, hashOf(email, key), 10)).owners.map(({ resource, id }) => `${resource} ${id}`);
/** Every key and text of the table. */
const whole = async () =>
  JSON.stringify((await tables.client.send(new ScanCommand({ TableName: tables.table }))).Items);

describe('an order and a customer', () => {
  it('are found by the hash of the e-mail, which stands nowhere itself', async () => {
    const one = tracker({ key: KEY });

    await track(
      one,
      written(
        [undefined, ofBuyer('a', ' Both@Example.com')],
        [undefined, ofCustomer('c', 'both@example.com')],
      ),
    );

    expect(await found('both@example.com')).toEqual(['customer c', 'order a']);
    expect(await whole()).not.toMatch(/both@example/i);
    expect(JSON.stringify(one.told.log.lines)).not.toMatch(/both@example/i);
  });

  it('are found by no hash that was made with another key', async () => {
    await track(tracker({ key: KEY }), written([undefined, ofBuyer('keyed', 'keyed@example.com')]));

    expect(await found('keyed@example.com', 'x'.repeat(64))).toEqual([]);
  });

  it('follow the row, and end the same where a batch comes again', async () => {
    const [old, last] = [ofBuyer('moved', 'old@example.com'), ofBuyer('moved', 'new@example.com')];
    await track(tracker({ key: KEY }), written([undefined, old]));

    for (const records of [written([old, last]), written([undefined, old]), written([old, last])])
      await track(tracker({ key: KEY }), records);

    expect([await found('old@example.com'), await found('new@example.com')]).toEqual([[], ['order moved']]);
  });

  it('are found by none where the row says none any more', async () => {
    const [old, last] = [ofBuyer('none', 'none@example.com'), ofBuyer('none', undefined)];

    await track(tracker({ key: KEY }), written([undefined, old]));
    await track(tracker({ key: KEY }), written([old, last]));

    expect(await found('none@example.com')).toEqual([]);
    expect(await whole()).not.toContain(hashOf('none@example.com'));
  });

  it('cost no read of the key, nor of the table, where the e-mail stays', async () => {
    const row = ofBuyer('same', 'same@example.com');
    const one = tracker({
      key: KEY,
      client: { send: () => Promise.reject(new Error('was called')) } as unknown as typeof tables.client,
    });

    const answer = await track(one, written([row, { ...row, version: 2 }]));

    expect([answer, one.told.reads]).toEqual([{ batchItemFailures: [] }, 0]);
  });

  it('take one read of the key for all of them', async () => {
    const one = tracker({ key: KEY });

    for (const id of ['1', '2', '3'])
      await track(one, written([undefined, ofBuyer(`many-${id}`, `many-${id}@example.com`)]));

    expect(one.told.reads).toBe(1);
  });

  it('of an earlier key are found by the present one once the e-mail changes, and leave nothing of it', async () => {
    const [old, last] = [ofBuyer('rotated', 'first@example.com'), ofBuyer('rotated', 'second@example.com')];
    const before = 'b'.repeat(64);
    await track(tracker({ key: before }), written([undefined, old]));

    await track(tracker({ key: KEY }), written([old, last]));

    expect(await found('second@example.com')).toEqual(['order rotated']);
    expect(await whole()).not.toContain(hashOf('first@example.com', before));
  });
});

describe('a key that cannot be read', () => {
  it('stops neither the claims on the stock nor the other texts, and is told', async () => {
    const row = ofBuyer('keyless', 'keyless@example.com');
    const sold = { ...row, order: { ...row.order!, displayNumber: 'K-1' } };
    await eraser().orders.put(sold, 0);
    const one = tracker({ key: undefined, settings: STOCK });

    const answer = await track(one, written([undefined, sold]));

    expect(answer).toEqual({ batchItemFailures: [] });
    expect((await createAliases(tables.client, tables.table).find('k-1', 1)).matches).toHaveLength(1);
    expect(await createOrderClaims(tables.client, tables.table).get(sold)).toBeDefined();
    expect(one.told.metrics.total('EmailsNotNoted')).toBe(1);
    expect(one.told.log.lines).toMatchObject([{ level: 'error', fields: { row: orderPk(sold) } }]);
  });

  it('is asked for once in a batch, however many wait behind', async () => {
    const rows = Array.from({ length: 30 }, (_, n) => ofBuyer(`behind-${n}`, `behind-${n}@example.com`));
    // Longer than a key that could not be read is left alone.
    const now = () => {
      clock.move(11_000);
      return clock.now();
    };
    const one = tracker({ key: undefined, time: { ...clock, now } });

    await track(one, written(...rows.map((row): [undefined, OrderRow] => [undefined, row])));

    expect([one.told.reads, one.told.metrics.total('EmailsNotNoted')]).toEqual([1, 30]);
  });

  it('leaves nobody to be found by the e-mail of before', async () => {
    const [old, last] = [ofBuyer('lost', 'before@example.com'), ofBuyer('lost', 'after@example.com')];
    await track(tracker({ key: KEY }), written([undefined, old]));

    await track(tracker({ key: undefined }), written([old, last]));

    expect(await found('before@example.com')).toEqual([]);
  });
});

describe('a person who is erased', () => {
  it('is found by no e-mail any more, without the tracker and without the key', async () => {
    const [order, customer] = [ofBuyer('e-1', 'gone@example.com'), ofCustomer('e-1', 'gone@example.com')];
    await eraser().orders.put(order, 0);
    await eraser().customers.put(customer, 0);
    await track(tracker({ key: KEY }), written([undefined, order], [undefined, customer]));

    await eraseOrder(eraser(), order, WHY);
    await eraseCustomer(eraser(), customer, WHY);

    expect(await whole()).not.toContain(hashOf('gone@example.com'));
  });

  it.each([
    ['an order', ofBuyer('late', 'late@example.com'), eraseOrder],
    ['a customer', ofCustomer('late', 'late@example.com'), eraseCustomer],
  ] as const)('is not found again where the stream tells late of %s', async (_, row, erase) => {
    await erase(eraser(), row as OrderRow & CustomerRow, WHY);

    await track(tracker({ key: KEY }), written([undefined, row]));

    expect(await whole()).not.toContain(hashOf('late@example.com'));
  });

  it('is not found again where the stream tells once more of everything', async () => {
    const row = ofBuyer('twice', 'twice@example.com');
    const batch = written([undefined, row], [row, withoutPerson(row, { ...WHY, at: 1 })]);
    await eraser().orders.put(row, 0);
    await track(tracker({ key: KEY }), written([undefined, row]));
    await eraseOrder(eraser(), row, WHY);

    for (const records of [written([undefined, row]), batch, written([undefined, row])])
      await track(tracker({ key: KEY }), records);

    expect(await whole()).not.toContain(hashOf('twice@example.com'));
  });

  it.each(['before', 'after'])(
    'is not found where the erasure comes %s the tracker’s write',
    async (when) => {
      const row = ofBuyer(`race-${when}`, `race-${when}@example.com`);
      await eraser().orders.put(row, 0);
      let erased = false;
      const racing = Object.create(tables.client, {
        send: {
          async value(command: { constructor: { name: string } }) {
            const isWrite = command.constructor.name === 'TransactWriteCommand';
            const erase = async () => {
              if (!isWrite || erased) return;
              erased = true;
              await eraseOrder(eraser(), row, WHY);
            };
            if (when === 'before') await erase();
            const answer = await tables.client.send(command as never);
            if (when === 'after') await erase();
            return answer;
          },
        },
      });

      const answer = await track(tracker({ key: KEY, client: racing }), written([undefined, row]));

      expect([answer, erased]).toEqual([{ batchItemFailures: [] }, true]);
      expect(await whole()).not.toContain(hashOf(`race-${when}@example.com`));
    },
  );
});
