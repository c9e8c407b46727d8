import { describe, expect, it } from 'vitest';
import type { CustomerRow } from '../../functions/domain/customer-row.ts';
import { createCommandStore } from '../../functions/storage/commands.ts';
import { createCustomerLinks } from '../../functions/storage/erp-customers.ts';
import { openBazaar, received } from '../support/bazaar/bench.ts';
import { type BazaarCustomers, createBazaarCustomers, PERSON } from '../support/bazaar/customers.ts';
import { deliver } from '../support/deployment-bench.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();

/** One store whose customers are mirrored, and its processor. Its event says `customer` where it is of one. */
function open(storeId: string) {
  let customers: BazaarCustomers | undefined;
  const bed = openBazaar(tables, {
    stores: [storeId],
    change(platform) {
      customers = createBazaarCustomers(platform, storeId);
      return {
        resources: customers.resources,
        read(intake, stores) {
          const { changed } = JSON.parse(Buffer.from(intake.bytes).toString()) as { changed?: string };
          return changed === undefined
            ? platform.read(intake, stores as never)
            : { items: [{ kind: 'changed', storeId, resource: 'customer', orderId: changed }] };
        },
      };
    },
  });
  const processor = bed.processor();
  const key = (platformCustomerId: string) => ({ platform: 'bazaar', storeId, platformCustomerId });
  return {
    ...bed,
    processor,
    customers: customers!,
    changed: (id: string) => deliver(processor, received(bed, { changed: id })),
    redact: (id: string) =>
      deliver(
        processor,
        received(bed, { shop: storeId, customer: { id }, orders: [] }, { topic: 'erase-customer' }),
      ),
    customerRow: (id: string): Promise<CustomerRow | undefined> => bed.context().customers.get(key(id)),
    copiesOf: (id: string) => bed.context().raws.list(key(id)),
  };
}
const changedEvent = async (bed: ReturnType<typeof open>, id: string) => {
  bed.clock.move(2000);
  await bed.changed(id);
};

describe('an event of a customer', () => {
  it('is fetched and kept as a row, its person under one attribute', async () => {
    const bed = open('event');
    bed.customers.put('77');

    await bed.changed('77');

    const { personal, ...rest } = (await bed.customerRow('77'))!;
    expect(rest).toMatchObject({
      state: 'ok',
      version: 1,
      eventCount: 1,
      customer: { acceptsMarketing: false },
    });
    expect(personal).toEqual({ name: 'Invented Person', email: 'invented@example.com' });
    expect(JSON.stringify(rest)).not.toMatch(PERSON);
    expect(await bed.copiesOf('77')).toEqual([]);
  });

  it('leaves nothing of the person in the log', async () => {
    const bed = open('log');
    bed.customers.put('77');
    bed.customers.putOdd('78');

    await bed.changed('77');
    await bed.changed('78');

    expect(JSON.stringify(bed.log.lines)).toContain('bazaar#log#customer#77');
    expect(JSON.stringify(bed.log.lines)).not.toMatch(PERSON);
  });

  it('erases the person once the platform has the customer no more', async () => {
    const bed = open('deleted');
    bed.customers.put('77');
    await bed.changed('77');
    bed.customers.remove('77');

    await changedEvent(bed, '77');
    // One answer of "not found" may be a copy that lags behind.
    const again = bed.queue.sent.at(-1)!.message;
    await deliver(bed.processor, again);

    const row = await bed.customerRow('77');
    expect(row).toMatchObject({
      removedAt: bed.clock.now(),
      version: 2,
      customer: { acceptsMarketing: false },
    });
    expect(row).not.toHaveProperty('personal');
  });
});

describe('a request to erase a customer', () => {
  it('takes the person from the row and the bytes, and tells readers', async () => {
    const bed = open('redact');
    bed.customers.put('77');
    await bed.changed('77');
    bed.customers.putOdd('77');
    await changedEvent(bed, '77');
    expect(await bed.copiesOf('77')).toHaveLength(1);

    await bed.redact('77');

    const row = await bed.customerRow('77');
    expect(row).toMatchObject({ erased: { because: 'customer-request' }, version: 2, eventCount: 3 });
    expect(JSON.stringify(row)).not.toMatch(PERSON);
    expect(row).not.toHaveProperty('personal');
    expect(row).not.toHaveProperty('raw');
    expect(await bed.copiesOf('77')).toEqual([]);
  });

  it('holds for whatever is seen of the customer later', async () => {
    const bed = open('again');
    bed.customers.put('77');
    await bed.changed('77');
    await bed.redact('77');
    bed.customers.put('77', { acceptsMarketing: true });

    await changedEvent(bed, '77');

    const row = await bed.customerRow('77');
    expect(row).toMatchObject({ version: 3, customer: { acceptsMarketing: true } });
    expect(row).not.toHaveProperty('personal');
  });

  it('keeps the person out of a row that comes only later, and its bytes', async () => {
    const bed = open('first');
    await bed.redact('77');
    bed.customers.putOdd('77');
    await changedEvent(bed, '77');
    expect(await bed.copiesOf('77')).toEqual([]);
    bed.customers.put('77');

    await changedEvent(bed, '77');

    const row = await bed.customerRow('77');
    expect(row).toMatchObject({ state: 'ok', customer: { acceptsMarketing: false } });
    expect(row).not.toHaveProperty('personal');
  });

  it('is repeated without effect', async () => {
    const bed = open('twice');
    bed.customers.put('77');
    await bed.changed('77');
    await bed.redact('77');
    const before = await bed.customerRow('77');

    await bed.redact('77');

    expect(await bed.customerRow('77')).toEqual(before);
  });

  it('takes back bytes that another writer keeps meanwhile', async () => {
    const bed = open('race');
    bed.customers.put('77');
    await bed.changed('77');
    bed.customers.putOdd('77');
    const { raws } = bed.processor.store('race');
    const { put } = raws;
    raws.put = async (...args) => {
      raws.put = put;
      await bed.redact('77');
      return put(...args);
    };

    await changedEvent(bed, '77');

    expect(await bed.customerRow('77')).toMatchObject({ state: 'needs-review', erased: {} });
    expect(await bed.copiesOf('77')).toEqual([]);
  });

  it.each(['understood', 'gone'])(
    'takes back bytes that a try which was cut off kept, once it is %s',
    async (then) => {
      // Arrange: the erasure ends between the look at the row and the bytes, and the function before the row.
      const bed = open(`cut-off-${then}`);
      bed.customers.put('77');
      await bed.changed('77');
      bed.customers.putOdd('77');
      const { raws } = bed.processor.store(`cut-off-${then}`);
      const { put } = raws;
      raws.put = async (...args) => {
        raws.put = put;
        await bed.redact('77');
        await put(...args);
        throw new Error('the function is ended');
      };
      await changedEvent(bed, '77');
      expect(await bed.copiesOf('77')).toHaveLength(1);
      if (then === 'gone') bed.customers.remove('77');
      else bed.customers.put('77');

      // Act
      await changedEvent(bed, '77');
      if (then === 'gone') await deliver(bed.processor, bed.queue.sent.at(-1)!.message);

      // Assert
      expect(await bed.customerRow('77')).toMatchObject({ state: 'ok', erased: {} });
      expect(await bed.copiesOf('77')).toEqual([]);
    },
  );
});

describe('what the merchant’s system is having written of a customer', () => {
  /** A customer that is linked, and a command of it under way. */
  async function writing(storeId: string) {
    const bed = open(storeId);
    bed.customers.put('77');
    await bed.changed('77');
    const key = { platform: 'bazaar', storeId, externalId: 'C-1' };
    const commands = createCommandStore({ ...tables, clock: bed.clock });
    await createCustomerLinks(tables).link(key, { platform: 'bazaar', storeId, platformCustomerId: '77' });
    await commands.accept(key, {
      client: `erp-${storeId}`,
      id: 'customer~1',
      command: 'customer',
      input: { name: 'Invented Person', email: 'invented@example.com' },
      sha256: 'sha',
      giveUpAt: bed.clock.now() + 3_600_000,
      correlationId: 'c',
    });
    return { bed, written: () => commands.ofOrder(key) };
  }

  it('is erased with the customer', async () => {
    const { bed, written } = await writing('redact-written');

    await bed.redact('77');

    expect(await written()).toMatchObject([{ erased: true, input: {}, sha256: '' }]);
    expect(JSON.stringify(await bed.items())).not.toMatch(PERSON);
  });

  it('stands in the report for a data request', async () => {
    const { bed } = await writing('report-written');

    await deliver(
      bed.processor,
      received(
        bed,
        { shop: 'report-written', customer: { id: '77' }, orders: [], request: 'r-2' },
        { topic: 'export-customer' },
      ),
    );

    expect(await bed.privacy().reports.get('r-2')).toMatchObject({
      held: { customers: [{ commands: [{ command: 'customer', input: { name: 'Invented Person' } }] }] },
    });
  });
});

describe('what is held of a customer', () => {
  it('stands in the report for a data request', async () => {
    const bed = open('report');
    bed.customers.put('77');
    await bed.changed('77');

    await deliver(
      bed.processor,
      received(
        bed,
        { shop: 'report', customer: { id: '77' }, orders: [], request: 'r-1' },
        { topic: 'export-customer' },
      ),
    );

    expect(await bed.privacy().reports.get('r-1')).toMatchObject({
      held: { customers: [{ id: '77', customer: { personal: { name: 'Invented Person' } } }] },
    });
  });

  it('is gone through when the whole store is erased', async () => {
    const bed = open('store');
    for (const id of ['77', '78']) {
      bed.customers.put(id);
      await bed.changed(id);
    }
    const kind = bed.privacy().kinds.find(({ name }) => name === 'customer')!;

    const { ids } = await kind.page(undefined);

    expect(ids.sort()).toEqual(['77', '78']);
  });
});
