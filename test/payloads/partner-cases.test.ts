import { readFileSync } from 'node:fs';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { deployedFor } from '../../functions/pipeline/deployed.ts';
import { imotriz } from '../../functions/platforms/imotriz/platform.ts';
import { pedidosya } from '../../functions/platforms/pedidosya/platform.ts';
import { METRICS, type MetricName } from '../../functions/runtime/metric-names.ts';
import { type Message, messageSchema, pack } from '../../functions/runtime/queue.ts';
import { catalogueJobKey } from '../../functions/storage/control-keys.ts';
import { CHAIN } from '../platforms/pedidosya/harness.ts';
import { deliver, openDeployment } from '../support/deployment-bench.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';
import { at } from './cases.ts';

const tables = localTables();

/** Values by their paths in a row, or in the result of a job. */
const values = z.record(z.string(), z.unknown());
const texts = z.array(z.string()).default([]);

/** Webhooks in their order, each with what is right once it was worked on. */
const sequences = z.array(
  z.strictObject({
    title: z.string(),
    /** The webhooks tell of this job, and not of an order. */
    job: z.string().optional(),
    messages: z.array(z.strictObject({ file: z.string(), expect: values, absent: texts, says: texts })),
    metrics: z
      .partialRecord(z.enum(Object.keys(METRICS) as [MetricName, ...MetricName[]]), z.number())
      .optional(),
  }),
);
/** A page as the platform hands it out, with what the poll makes of it and the rows that it ends in. */
const pages = z.array(
  z.strictObject({
    title: z.string(),
    page: z.string(),
    summary: values,
    says: texts,
    rows: z.record(z.string(), values),
  }),
);

const fileOf = (platform: string, file: string): Buffer =>
  readFileSync(new URL(`cases/${platform}/${file}`, import.meta.url));
const indexOf = (platform: string): unknown => JSON.parse(fileOf(platform, 'index.json').toString());
const titled = <T extends { title: string }>(cases: T[]) => cases.map((one) => [one.title, one] as const);

let serial = 0;
function messageOf(
  storeId: string,
  topic: 'webhook' | 'page',
  bytes: Uint8Array,
  receivedAt: number,
): Message {
  serial += 1;
  const [payload] = pack(bytes);
  const via = topic === 'page' ? 'poll' : 'webhook';
  const about = { v: 1, kind: 'received', via, topic, storeId, receivedAt, attempts: 0 };
  return messageSchema().parse({ ...about, correlationId: `c-${serial}`, payload });
}

function expectValues(value: unknown, wanted: Record<string, unknown>): void {
  for (const [path, one] of Object.entries(wanted)) expect([path, at(value, path)]).toEqual([path, one]);
}

function openChain(clock: ReturnType<typeof movedClock>) {
  const stores = [{ storeId: 'nbet', pickingMode: 'partner' }];
  const chains = [{ chainId: CHAIN, country: 'uy', stores, egress: 'e' }];
  return openDeployment(tables, {
    deployed: deployedFor(pedidosya, pedidosya.settings().parse({ chains })),
    clock,
    secrets: new Map(),
  });
}

describe('webhooks of a chain as others met them', () => {
  it.each(titled(sequences.parse(indexOf('pedidosya'))))(
    'leave the right row: %s',
    async (_, { job, messages, metrics = {} }) => {
      // Arrange
      const clock = movedClock();
      const chain = openChain(clock);
      const processor = chain.processor();

      for (const { file, expect: wanted, absent, says } of messages) {
        // Act
        const bytes = fileOf('pedidosya', file);
        const back = await deliver(processor, messageOf(CHAIN, 'webhook', bytes, clock.now()));
        clock.move(1000);
        const { order_id: orderId } = JSON.parse(bytes.toString()) as { order_id?: string };
        const held =
          job === undefined
            ? await chain.row(orderId ?? '')
            : (
                await tables.client.send(
                  new GetCommand({ TableName: tables.table, Key: catalogueJobKey('pedidosya', job) }),
                )
              ).Item;

        // Assert
        expect(back).toEqual([]);
        expectValues(held, wanted);
        for (const path of absent) expect([path, at(held, path)]).toEqual([path, undefined]);
        for (const text of says) expect(JSON.stringify(held)).toContain(text);
      }
      for (const [name, total] of Object.entries(metrics))
        expect([name, chain.metrics.total(name as MetricName)]).toEqual([name, total]);
    },
  );
});

it('of many webhooks of one order at once the last content stays, in one row', {
  timeout: 60_000,
}, async () => {
  // Arrange
  const whole = JSON.parse(fileOf('pedidosya', 'whole-received.json').toString()) as { sys: object };
  const clock = movedClock();
  const chain = openChain(clock);
  const begin = Date.parse('2026-11-22T11:00:00.000Z');
  const messages = Array.from({ length: 60 }, (_, index) => {
    const updated_at = new Date(begin + index).toISOString();
    const body = {
      ...whole,
      order_id: 'at-once',
      comment: `nota ${index}`,
      sys: { ...whole.sys, updated_at },
    };
    return messageOf(CHAIN, 'webhook', Buffer.from(JSON.stringify(body)), clock.now());
  });
  // In no order: 7 and 60 have no common divisor.
  const mixed = messages.map((_, index) => messages[(index * 7) % 60]!);
  const batches = Array.from({ length: 6 }, (_, index) => mixed.slice(index * 10, index * 10 + 10));
  const processors = [chain.processor(), chain.processor()];

  // Act
  const backs = await Promise.all(
    processors.map(async (processor, half) => {
      const back: number[] = [];
      for (const batch of batches.filter((__, index) => index % 2 === half))
        back.push(...(await deliver(processor, ...batch)));
      return back;
    }),
  );

  // Assert
  expect(backs.flat()).toEqual([]);
  expect(await chain.row('at-once')).toMatchObject({
    state: 'ok',
    order: { updatedAt: new Date(begin + 59).toISOString() },
    personal: { note: 'nota 59' },
  });
});

describe('pages of new orders as others met them', () => {
  it.each(titled(pages.parse(indexOf('imotriz'))))(
    'give their orders: %s',
    async (_, { page, summary, says, rows }) => {
      // Arrange
      const deployed = deployedFor(
        imotriz,
        imotriz.settings().parse({
          stores: [{ country: 'co', storeId: page.replace('.json', '') }],
        }),
      );
      const store = openDeployment(tables, { deployed, clock: movedClock(), secrets: new Map() });
      const bytes = fileOf('imotriz', page);

      // Act
      const read = imotriz.poll?.summarise(bytes);
      const back = await deliver(
        store.processor(),
        messageOf(store.storeId, 'page', bytes, store.clock.now()),
      );

      // Assert
      expect(read).toMatchObject(summary);
      expect(back).toEqual([]);
      for (const [id, wanted] of Object.entries(rows)) expectValues(await store.row(id), wanted);
      expect((await store.items()).filter(({ sk }) => sk === 'row')).toHaveLength(Object.keys(rows).length);
      for (const text of says) expect(JSON.stringify(store.log.lines)).toContain(text);
    },
  );
});
