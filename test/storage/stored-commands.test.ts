import { SQSClient } from '@aws-sdk/client-sqs';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { calling } from '../../functions/outbound/commands/progress.ts';
import { commandHintSchema, createCommandHints } from '../../functions/runtime/command-hints.ts';
import { type Command, withoutUse } from '../../functions/storage/command-item.ts';
import { createCommandLeases } from '../../functions/storage/command-leases.ts';
import { createCommandStore, type NewCommand } from '../../functions/storage/commands.ts';
import { createCustomerLinks } from '../../functions/storage/erp-customers.ts';
import { createProductMemories, createWantedProducts } from '../../functions/storage/erp-products.ts';
import { createErpSkus } from '../../functions/storage/erp-skus.ts';
import { createProductPrices } from '../../functions/storage/product-prices.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';
import { flag, list, number, object, shapesIn, text } from './stored-shapes.ts';

// What stands in the tables and queues is read by the next release too: a pin changes with a line in the changelog.

const tables = localTables();
const shapesOf = shapesIn(tables);
const clock = movedClock();
const open = () => ({
  commands: createCommandStore({ ...tables, clock }),
  leases: createCommandLeases({ ...tables, clock }),
});

/** Attributes of every command. */
const COMMAND = {
  acceptedAt: number,
  client: text,
  command: text,
  correlationId: text,
  eventCount: number,
  failures: number,
  fence: number,
  giveUpAt: number,
  id: text,
  input: object,
  n: number,
  sha256: text,
  state: text,
  stepsSeen: list,
  tries: number,
  updatedAt: number,
};
/** What makes an item one of the index of unfinished work. */
const WORK = { workAt: text, workOf: text };

const keyOf = (platformOrderId: string) => ({ platform: 'shop', storeId: 's', platformOrderId });
const note = (id: string): NewCommand => ({
  client: 'erp',
  id,
  command: 'note',
  input: { text: 'x' },
  sha256: 'sha',
  giveUpAt: clock.now() + 1000,
  correlationId: 'c',
});

/** Gives a command, and writes it under a lease. */
async function written(order: string, change: (accepted: Command) => Command): Promise<void> {
  const { commands, leases } = open();
  const { command } = await commands.accept(keyOf(order), note(order));
  const lease = await leases.take(keyOf(order), 'run', 1000);
  await leases.write(lease!, change(command));
}

describe('the orders table', () => {
  it('holds a command that was accepted, what the commands of its order have in common, and its id', async () => {
    const shapes = await shapesOf(() => open().commands.accept(keyOf('new'), note('new')));

    expect(shapes).toEqual({
      'shop#s#order#new command#000001': COMMAND,
      'shop#s#order#new commands': { changes: number, next: number, ...WORK },
      'command-id#erp new': { n: number, order: text },
    });
  });

  it('holds a command whose call begins, and the lease on its order', async () => {
    const shapes = await shapesOf(() =>
      written('called', (accepted) => calling(accepted, { step: 'a step', more: true }, clock.now())),
    );

    expect(shapes['shop#s#order#called command#000001']).toEqual({
      ...COMMAND,
      calledAt: number,
      more: flag,
      step: text,
    });
    expect(shapes['shop#s#order#called commands']).toEqual({
      changes: number,
      fence: number,
      heldUntil: number,
      holder: text,
      next: number,
      ...WORK,
    });
  });

  it('holds a command that waits for a person, with all that may be known of it', async () => {
    const shapes = await shapesOf(() =>
      written('doubtful', (accepted) => ({
        ...accepted,
        state: 'in_doubt',
        already: true,
        answered: true,
        callEndedAt: 1,
        dueAt: 1,
        ignored: ['carrier'],
        platformSays: 'no',
        reason: 'nobody knows',
        seen: false,
        unconfirmed: ['notify'],
      })),
    );

    expect(shapes['shop#s#order#doubtful command#000001']).toEqual({
      ...COMMAND,
      ...WORK,
      already: flag,
      answered: flag,
      callEndedAt: number,
      dueAt: number,
      ignored: list,
      platformSays: text,
      reason: text,
      seen: flag,
      unconfirmed: list,
    });
  });

  it('holds a command whose person was erased', async () => {
    const { commands } = open();
    const shapes = await shapesOf(async () => {
      await commands.accept(keyOf('erased'), note('erased'));
      await commands.erase(keyOf('erased'));
    });

    expect(shapes['shop#s#order#erased command#000001']).toEqual({ ...COMMAND, erased: flag });
  });
});

describe('the orders table, of a customer of the merchant’s system', () => {
  const key = { platform: 'shop', storeId: 's', externalId: 'C-1' };
  const wanted = (id: string): NewCommand => ({ ...note(id), command: 'customer', input: { name: 'x' } });

  it('holds what it is to be, under a partition of its own, and an id that expires', async () => {
    const shapes = await shapesOf(() => open().commands.accept(key, wanted('customer~1')));

    expect(shapes).toEqual({
      'shop#s#erp-customer#C-1 command#000001': COMMAND,
      'shop#s#erp-customer#C-1 commands': { changes: number, next: number, ...WORK },
      'command-id#erp customer~1': { n: number, order: text, expiresAt: number },
    });
  });

  it('holds a command that ended until it expires, later than its id', async () => {
    const { commands, leases } = open();
    const ending = { ...key, externalId: 'C-2' };
    const shapes = await shapesOf(async () => {
      const { command } = await commands.accept(ending, wanted('customer~2'));
      const lease = await leases.take(ending, 'run', 1000);
      await leases.write(lease!, withoutUse({ ...command, state: 'done' }));
    });
    const { Item: ended } = await itemAt('shop#s#erp-customer#C-2', 'command#000001');
    const { Item: named } = await itemAt('command-id#erp', 'customer~2');

    expect(shapes['shop#s#erp-customer#C-2 command#000001']).toEqual({
      ...COMMAND,
      erased: flag,
      expiresAt: number,
    });
    expect(ended).toMatchObject({ input: {}, sha256: '' });
    expect(ended?.expiresAt).toBeGreaterThan(named?.expiresAt);
  });

  it('holds which customer of the platform it is, on both sides', async () => {
    const customer = { platform: 'shop', storeId: 's', platformCustomerId: '7' };
    const shapes = await shapesOf(() => createCustomerLinks(tables).link(key, customer));

    expect(shapes).toEqual({
      'shop#s#erp-customer#C-1 link': { platformCustomerId: text },
      'shop#s#customer#7 erp-link': { externalId: text },
    });
  });
});

describe('what the table holds of a product that the merchant’s system writes', () => {
  const key = { platform: 'shop', storeId: 's', externalProductId: 'P-1' };
  const memory = {
    productId: '7',
    reached: { texts: 'hash' },
    images: { image: '9' },
    categories: { hash: 'hash', ids: ['4'] },
    adding: { image: 'image', before: ['8'] },
    run: { n: 1, refused: { flags: [{ pointer: '/brand', code: 'platform-refused', detail: 'is wrong' }] } },
  };

  it('is which product of the platform it is, on both sides, and what was brought about', async () => {
    const memories = createProductMemories(tables);
    const shapes = await shapesOf(async () => {
      await memories.save(key, { memory, skus: 'hash' }, await memories.of(key));
    });

    expect(Object.keys(shapes).sort()).toEqual(['shop#s#erp-product#P-1 link', 'shop#s#product#7 erp-link']);
    const { Item } = await itemAt('shop#s#erp-product#P-1', 'link');
    expect(Item).toMatchObject({ memory, skus: 'hash', revision: 1 });
    expect((await memories.of(key)).memory).toEqual(memory);
  });

  it('is read as it was written also where it is too large for an item', async () => {
    const memories = createProductMemories(tables);
    const large = { ...key, externalProductId: 'P-2' };
    const reached = Object.fromEntries(
      Array.from({ length: 3000 }, (_, n) => [`variant/${'x'.repeat(120)}-${n}`, 'hash']),
    );
    await memories.save(large, { memory: { reached, images: {} } }, await memories.of(large));

    expect((await memories.of(large)).memory.reached).toEqual(reached);
  });

  it('is nothing that somebody else wrote meanwhile, and no product that is another’s', async () => {
    const memories = createProductMemories(tables);
    const [one, other] = ['P-3', 'P-4'].map((externalProductId) => ({ ...key, externalProductId }));
    const nothing = await memories.of(one!);
    const next = { memory: { ...memory, productId: '17' } };

    expect(await memories.save(one!, next, nothing)).toBe('saved');
    expect(await memories.save(one!, next, nothing)).toBe('changed');
    expect(await memories.save(other!, next, await memories.of(other!))).toBe('taken');
  });

  it('is what it is to be, which expires, and whose each SKU is', async () => {
    const wanted = createWantedProducts({ ...tables, clock: { now: () => 0 } });
    const shapes = await shapesOf(async () => {
      await wanted.put(key, {
        product: { name: 'Remera', variants: [{ sku: 'A' }], removeMissing: false },
        pricesElsewhere: false,
        locations: [],
      });
      await createErpSkus(tables).claim(key, ['A']);
      await createProductPrices(tables).set(key, 'hash');
    });

    expect(
      Object.keys(shapes)
        .map((name) => name.replace(/#[0-9a-f]{64}#/, '#hash#'))
        .sort(),
    ).toEqual([
      'shop#s#erp-product#P-1 prices',
      'shop#s#erp-product#P-1 wanted#hash#000',
      'shop#s#erp-sku#A owner',
    ]);
    const chunk = Object.entries(shapes).find(([name]) => name.includes('wanted#'))?.[1];
    expect(chunk).toMatchObject({ count: number, expiresAt: number });
  });
});

const itemAt = (pk: string, sk: string) =>
  tables.client.send(new GetCommand({ TableName: tables.table, Key: { pk, sk } }));

describe('the message that an order has commands', () => {
  it('names store and order, and nothing of what is wanted', async () => {
    const sqs = mockClient(SQSClient);

    await createCommandHints(new SQSClient(), 'queue').send({ storeId: 's', orderId: 'o#1' }, 1500);

    const { input } = sqs.calls()[0]!.args[0] as { input: { MessageBody: string; DelaySeconds: number } };
    expect(JSON.parse(input.MessageBody)).toEqual({ v: 1, storeId: 's', orderId: 'o#1' });
    expect(input.DelaySeconds).toBe(2);
    sqs.restore();
  });

  it.each([
    [{ v: 1, storeId: 's', orderId: 'o', later: 'field' }, true],
    [{ v: 2, storeId: 's', orderId: 'o' }, false],
    [{ v: 1, storeId: 's', externalId: 'C-1' }, true],
    [{ v: 1, storeId: 's' }, false],
    [{ v: 1, orderId: 'o' }, false],
  ])('%j is read: %s', (message, isRead) => {
    expect(commandHintSchema.safeParse(message).success).toBe(isRead);
  });
});
