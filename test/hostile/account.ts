import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, SQSEvent } from 'aws-lambda';
import { redirectClients } from '../../chaos/aws/clients.ts';
import type { Attributes } from '../../chaos/aws/expression.ts';
import type { SimQueue } from '../../chaos/aws/queue.ts';
import { type TableInput, Tables } from '../../chaos/aws/tables.ts';
import { createLogLines } from '../../chaos/invariants/log-lines.ts';
import { createInstaller } from '../../functions/pipeline/install/installer.ts';
import { visit } from '../../functions/pipeline/install/visit.ts';
import { processEvent } from '../../functions/pipeline/process.ts';
import { createProcessor } from '../../functions/pipeline/processor.ts';
import { createReceiver, receive, receivingOf } from '../../functions/pipeline/receive.ts';
import { type Job, readEnvironment, secretName } from '../../functions/runtime/environment.ts';
import type { Runtime } from '../../functions/runtime/handler.ts';
import type { MetricName } from '../../functions/runtime/metric-names.ts';
import { createSeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import { countingMetrics, movedClock } from '../support/fakes.ts';
import type { Kit } from './kits.ts';

const TABLE = { orders: 'orders', control: 'control' };
export const INSTALL_KEY = 'the-key-of-the-installation-link';
/** After so many receives a message is a dead letter. */
const MOST_RECEIVES = 5;
/** No request of ours leads to more messages one after another. */
const MOST_ROUNDS = 40;
const MOST_MESSAGE_BYTES = 1024 * 1024;
const MOST_ITEM_BYTES = 400 * 1024;
/** The characters that SQS takes (API reference, SendMessage). */
const REFUSED_BY_SQS = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

const refusal = (name: string): Error => Object.assign(new Error(name), { name });

/** Tables that refuse what DynamoDB refuses for its size. */
class BoundedTables extends Tables {
  override put(input: TableInput) {
    checkSize(input.Item ?? {});
    return super.put(input);
  }
  override update(input: TableInput) {
    checkSize({ ...input.Key, ...input.ExpressionAttributeValues });
    return super.update(input);
  }
}

function checkSize(item: Attributes): void {
  if (sizeOf(item) > MOST_ITEM_BYTES || Buffer.byteLength(String(item.pk ?? '')) > 2048)
    throw refusal('ValidationException');
}

function sizeOf(value: unknown): number {
  if (value instanceof Uint8Array) return value.byteLength;
  if (typeof value !== 'object' || value === null) return Buffer.byteLength(String(value));
  return Object.entries(value).reduce((sum, [key, inner]) => sum + key.length + sizeOf(inner), 0);
}

/** The functions of one platform in an account that is all in memory; what they log, write and count can be seen. */
export function openAccount(kit: Kit) {
  const { channel } = kit;
  const { platform, stores } = channel;
  const clock = movedClock();
  const metrics = { ...countingMetrics(), flush: () => {} };
  const lines = createLogLines();
  const waiting: { body: string; delayS: number }[] = [];
  const writes: { table: string; pk: string }[] = [];
  const tables = new BoundedTables({
    now: clock.now,
    onWrite: (table, before, after) => void writes.push({ table, pk: String((after ?? before)?.pk) }),
  });
  const queue = {
    send(body: string, delayS: number) {
      if (REFUSED_BY_SQS.test(body)) throw refusal('InvalidMessageContents');
      if (Buffer.byteLength(body) > MOST_MESSAGE_BYTES) throw refusal('InvalidParameterValue');
      waiting.push({ body, delayS });
    },
  } as unknown as SimQueue;
  const calls = { table: 0, queue: 0, secret: 0, platform: 0 };
  const ids = Object.entries(kit.secrets).flatMap(([credential, value]) => {
    const own = platform.credentials[credential]?.per === 'store';
    return (own ? stores.map(({ id }) => id) : [undefined]).map((id) => [secretName(credential, id), value]);
  });
  const { fetch } = globalThis;
  const undo = redirectClients({
    tables,
    queues: new Map([['queue', queue]]),
    secrets: new Map(ids.map(([name, value]) => [String(name), JSON.stringify(value)])),
    io: async ({ service }, act) => {
      calls[service] += 1;
      return act();
    },
  });
  globalThis.fetch = async (input, init) => {
    calls.platform += 1;
    return kit.answer(new URL(String(input)), init);
  };
  const runtime = <J extends Job>(job: J): Runtime<J> => ({
    env: readEnvironment(job, {
      MERCHANT: 'hostile',
      SECRETS: JSON.stringify(Object.fromEntries(ids.map(([name]) => [name, name]))),
      QUEUE_URL: 'queue',
      CONTROL_TABLE: TABLE.control,
      ORDERS_TABLE: TABLE.orders,
      RAW_DAYS: '90',
      ACKNOWLEDGED_BY: '*',
      WEBHOOK_URL: 'https://acopio.test/hook',
      INSTALL_KEY,
    }),
    log: lines.log(job),
    metrics,
    clock,
  });
  function close(): void {
    undo();
    globalThis.fetch = fetch;
  }
  function openFunctions() {
    const loadRare = () => import('../../functions/pipeline/rare-part.ts');
    const random = createSeededRandom('hostile/processor').next;
    return {
      receiver: createReceiver(receivingOf(channel), runtime('receive')),
      processor: createProcessor(channel, runtime('process'), { loadRare }, random),
      installer: platform.oauth === undefined ? undefined : createInstaller(channel, runtime('install')),
    };
  }
  const { receiver, processor, installer } = orElse(close, openFunctions);
  const log = lines.log('account');

  /** Works until nothing waits; answers how many messages became dead letters. */
  async function drain(): Promise<number> {
    let dead = 0;
    for (let round = 0; round < MOST_ROUNDS && waiting.length > 0; round += 1) {
      const batch = waiting.splice(0, 10);
      clock.move(1000 * Math.max(...batch.map(({ delayS }) => delayS)));
      for (const { body } of batch) dead += (await worked(body)) ? 0 : 1;
    }
    return dead + waiting.splice(0).length;
  }
  async function worked(body: string): Promise<boolean> {
    for (let receives = 0; receives < MOST_RECEIVES; receives += 1) {
      const event = { Records: [{ messageId: 'm', body }] } as unknown as SQSEvent;
      const { batchItemFailures } = await processEvent(processor, event);
      if (batchItemFailures.length === 0) return true;
    }
    return false;
  }

  return {
    clock,
    calls,
    tables,
    lines,
    drain,
    /** Sends a request in, as the API routes it: what begins like an installation page is one, the rest is the receiver's. */
    async request(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
      const run = { requestId: event.requestContext.requestId, remainingMs: () => 28_000 };
      const pages = [platform.oauth?.start.path, platform.oauth?.callback.path];
      const isPage = event.requestContext.http.method === 'GET' && pages.includes(event.rawPath);
      return installer !== undefined && isPage ? visit(installer, event, run) : receive(receiver, event);
    },
    /** What was written since the last time, buckets aside. */
    written: () => writes.splice(0).filter(({ pk }) => !pk.startsWith('bucket#')),
    totals: (names: readonly MetricName[]) => names.reduce((sum, name) => sum + metrics.total(name), 0),
    rowOf: (orderId: string) => {
      const pk = `${platform.name}#${stores[0]?.id}#order#${orderId}`;
      return tables.get({ TableName: TABLE.orders, Key: { pk, sk: 'row' } }).Item;
    },
    log,
    close,
  };
}

/** A failure leaves nothing replaced: the worker runs other files after this one. */
function orElse<T>(close: () => void, open: () => T): T {
  try {
    return open();
  } catch (error) {
    close();
    throw error;
  }
}

export type HostileAccount = ReturnType<typeof openAccount>;
