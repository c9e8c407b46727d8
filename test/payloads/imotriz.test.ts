import { describe, expect, it } from 'vitest';
import { orderSchema } from '../../functions/domain/order.ts';
import type { PlatformRequest } from '../../functions/http/transport.ts';
import { normaliseImotrizOrder, normalisePageRecord } from '../../functions/platforms/imotriz/normalise.ts';
import { readPage } from '../../functions/platforms/imotriz/page.ts';
import { answering, imotrizClient, settingsOf } from '../platforms/imotriz/harness.ts';
import { type PayloadFile, payloadsOf } from './files.ts';

const files = payloadsOf('imotriz');
const settings = settingsOf({ paths: { orderIds: '/ids', order: '/orders/{id}' } });

function clientFor(text: string) {
  const requests: PlatformRequest[] = [];
  const client = imotrizClient({
    settings,
    token: () => Promise.resolve('tu_token_de_autenticacion'),
    transport: answering(text, requests),
  });
  return { client, requests };
}

const MEANINGS: [name: RegExp, check: (file: PayloadFile) => Promise<void>][] = [
  [
    /^page-/,
    async ({ text }) => {
      const page = readPage(await clientFor(text).client.newOrders());
      if (!page.ok) throw new Error(page.problem);
      expect(page.warnings).toEqual([]);
      for (const record of page.records) {
        const read = normalisePageRecord(record, settings);
        expect(read).toMatchObject({ ok: true });
        if (read.ok) expect(orderSchema().parse(read.order).warnings).toEqual([]);
      }
    },
  ],
  [
    /^record-/,
    async ({ text }) => {
      const { json } = await clientFor(text).client.order('1');
      expect(normaliseImotrizOrder(json, settings)).toMatchObject({ ok: true, order: { warnings: [] } });
    },
  ],
  [
    /^ids/,
    async ({ text }) => {
      const { ids, unreadable } = await clientFor(text).client.orderIds();
      expect([ids.length > 0, unreadable]).toEqual([true, 0]);
    },
  ],
];

describe('every file of iMotriz meets the code that would meet it', () => {
  it.each(files.map((file) => [file.name, file] as const))('%s', async (_, file) => {
    const meaning = MEANINGS.find(([name]) => name.test(file.name));
    if (meaning === undefined) throw new Error(`nobody says what ${file.name} means`);
    await meaning[1](file);
  });

  it('and the request is the documented one: GET newOrders, JSON, raw token', async () => {
    const { client, requests } = clientFor('{}');
    await client.newOrders();
    expect(requests[0]).toMatchObject({
      method: 'GET',
      url: 'https://www.imotriz.com/api/cart/transaction/newOrders',
      headers: { 'Content-Type': 'application/json', Authorization: 'tu_token_de_autenticacion' },
    });
    expect(requests[0]).not.toHaveProperty('body');
  });
});
