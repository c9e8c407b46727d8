import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { channelsOf, stockOf, storesOf } from '../../config/merchant.ts';
import { createSweeper, sweep } from '../../functions/erp/sweep.ts';
import { hasCommands } from '../../functions/platforms/commands.ts';
import { readEnvironment } from '../../functions/runtime/environment.ts';
import { startEpoch } from '../../functions/storage/feed-epoch.ts';
import { createFeedWriter } from '../../functions/storage/feed-writer.ts';
import { ASSUMED } from '../../lib/cost/idle.ts';
import { merchantWith } from '../lib/assembly.ts';
import { countingMetrics, keptLog, movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';
import { endpoint, IMPATIENT, passOn, queueUrl, useEndpoints } from '../support/silent-aws.ts';

const tables = localTables();
const clock = movedClock();
const merchant = merchantWith({ stock: {} });
const channels = channelsOf(merchant);

/** A table that counts the requests that come to it, by operation. */
async function countedTable() {
  const calls: string[] = [];
  const pass = passOn(tables.endpoint);
  const table = await endpoint((request: IncomingMessage, response) => {
    calls.push(String(request.headers['x-amz-target']).replace(/^.*\./, ''));
    pass(request, response);
  });
  return { table, calls };
}

it('a sweep with nothing to do reads what the idle deployment is priced with', async () => {
  const at = new Date(clock.now()).toISOString();
  const event = { id: 'e', type: 'order.updated', at, key: 'shop:s:1', version: 1 } as const;
  await startEpoch({ ...tables, clock });
  await createFeedWriter({ ...tables, clock }).append({ events: () => [event] });
  const { table, calls } = await countedTable();
  useEndpoints({ table });
  const commands = channels.filter(hasCommands);
  const queues = JSON.stringify(
    Object.fromEntries(commands.map(({ platform }) => [platform.name, queueUrl(table)])),
  );
  const env = readEnvironment('sweep', {
    MERCHANT: 'demo',
    SECRETS: '{}',
    CONTROL_TABLE: tables.table,
    ORDERS_TABLE: tables.table,
    RAW_DAYS: '90',
    QUEUE_URL: queueUrl(table),
    COMMAND_QUEUES: queues,
    STOCK_QUEUES: queues,
  });
  const told = { log: { ...keptLog(), begin: () => {} }, metrics: { ...countingMetrics(), flush: () => {} } };

  await sweep(
    createSweeper({ env, ...told, clock, patience: IMPATIENT }, storesOf(channels), stockOf(merchant)),
  );

  // Whole units for what is read of the control table as it is now, half a one for a query of an index that finds nothing.
  const ofControlTable = { gets: calls.filter((call) => call === 'GetItem').length, queries: 3 };
  const ofIndexes = calls.filter((call) => call === 'Query').length - ofControlTable.queries;
  expect(calls.filter((call) => call !== 'GetItem' && call !== 'Query')).toEqual([]);
  expect(ofControlTable.gets + ofControlTable.queries + ofIndexes / 2).toBe(ASSUMED.sweep.readUnits);
});
