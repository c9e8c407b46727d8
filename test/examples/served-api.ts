import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll } from 'vitest';
import type { FeedEvent } from '../../functions/domain/event.ts';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import { type Answer, apiBench } from '../erp/api/api-bench.ts';
import { rowOf } from '../storage/samples.ts';
import { localTables } from '../support/local-tables.ts';
import { sampleOrder } from '../support/sample-order.ts';

/** What a test does to a request: answers it itself, or lets it through and then, with the answer, decides. */
export type Interference = (request: {
  method: string;
  path: string;
  response: ServerResponse;
}) => undefined | 'handled' | ((answer: Answer) => 'drop' | undefined);

/** The real API on tables of the test, on a port of this machine. */
export function servedApi() {
  const tables = localTables();
  const api = apiBench(tables);
  const served = {
    url: '',
    token: api.token(['orders:read', 'orders:personal']),
    api,
    tables,
    /** Called with every request. */
    interfere: (() => undefined) as Interference,
    /** Every acknowledgement that was taken, in order. */
    acknowledged: [] as { id: string; erpId: string; version: number; stockBookedAt?: string }[],
    place,
    change,
  };
  const server = createServer(async (request, response) => {
    const { method = '', url = '' } = request;
    const text = Buffer.concat(await request.toArray()).toString();
    const after = served.interfere({ method, path: url, response });
    if (after === 'handled') return;
    const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1];
    const answer = await api.call(method, url, { token, ...(text === '' ? {} : { body: text }) });
    if (answer.status === 200 && url.endsWith('/acknowledge'))
      served.acknowledged.push({
        id: decodeURIComponent(url.split('/')[3] ?? ''),
        ...(JSON.parse(text) as { erpId: string; version: number }),
      });
    if (after?.(answer) === 'drop') response.destroy();
    else response.writeHead(answer.status, answer.headers).end(answer.text);
  });
  beforeAll(async () => {
    // Who calls it is a process of its own, and says when it did something.
    api.clock.move(Date.now() - api.clock.now());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    served.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const publish = (row: OrderRow, type: FeedEvent['type']) =>
    api.feed.append({
      events: (epoch) => [
        {
          id: `shop:s:order:${row.platformOrderId}:${epoch}:${row.version}`,
          type,
          at: new Date(api.clock.now()).toISOString(),
          key: `shop:s:${row.platformOrderId}`,
          version: row.version,
        },
      ],
      mark: `${row.platformOrderId}/${row.version}`,
    });

  /** Places an order, which is in the feed when it is done. */
  async function place(id: string, change: Partial<OrderRow> = {}): Promise<void> {
    const row = rowOf(id, { changedAt: new Date(api.clock.now()).toISOString(), ...change });
    await api.orders.put(row, 0);
    await publish(row, 'order.created');
  }

  /** Changes an order, whoever acknowledged it meanwhile. */
  async function change(id: string, changed: Partial<OrderRow> = {}): Promise<void> {
    for (;;) {
      const before = await api.orders.get(rowOf(id));
      if (before === undefined) throw new Error(`there is no order ${id}`);
      const row: OrderRow = {
        ...before,
        changedAt: new Date(api.clock.now()).toISOString(),
        ...changed,
        version: before.version + 1,
        revision: before.revision + 1,
      };
      if (!(await api.orders.put(row, before.revision))) continue;
      await publish(row, row.order?.status === 'cancelled' ? 'order.cancelled' : 'order.updated');
      return;
    }
  }
  return served;
}

/** The content of a row as an order of these fields has it. */
export function contentOf(fields: Parameters<typeof sampleOrder>[0]): Pick<OrderRow, 'order' | 'personal'> {
  const { personal, ...order } = sampleOrder(fields);
  return { order, personal };
}
