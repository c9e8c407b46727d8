import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { countCalls } from '../../http/call-metrics.ts';
import { createTransport } from '../../http/transport.ts';
import { createImotrizClient } from '../../platforms/imotriz/client.ts';
import { readPage } from '../../platforms/imotriz/page.ts';
import { imotrizApiSecret } from '../../platforms/secrets.ts';
import { createBucket } from '../../rate-limit/bucket.ts';
import { createDynamoStore } from '../../rate-limit/store-dynamodb.ts';
import type { Runtime } from '../../runtime/lambda.ts';
import { createQueue } from '../../runtime/queue.ts';
import { createSecret } from '../../runtime/secrets.ts';
import { createBackfillRequests } from '../../storage/backfill-requests.ts';
import { createCircuitBreaker } from '../../storage/circuit-breaker.ts';
import { documentClient } from '../../storage/dynamodb.ts';
import { bucketKey } from '../../storage/keys.ts';
import { createLease } from '../../storage/lease.ts';
import { createOutbox } from '../../storage/outbox.ts';
import { createPollBackoff } from '../../storage/poll-backoff.ts';
import type { Poller } from '../poll.ts';

/** The client gives up after 60 s; the rest is for the queue and for reporting. */
const SLOWEST_PAGE_MS = 65_000;

/** Everything the poller works with, made once per container. */
export function createImotrizPoller({ env, clock, metrics, log }: Runtime<'imotriz-poll'>): Poller {
  const { SETTINGS: settings, CONTROL_TABLE: table } = env;
  const client = documentClient();
  const name = `imotriz#${settings.storeId}`;
  const control = { client, table, platform: 'imotriz', storeId: settings.storeId, clock } as const;
  const secret = createSecret({
    client: new SecretsManagerClient({}),
    id: env.SECRET_ID,
    schema: imotrizApiSecret,
    clock,
  });
  const bucket = createBucket({
    store: createDynamoStore({ client, tableName: table }),
    key: bucketKey('imotriz', 'api', settings.storeId),
    rate: settings.rate.perSecond,
    burst: settings.rate.burst,
    clock,
  });
  const transport = createTransport({ clock, onCall: countCalls(metrics) });
  return {
    lease: createLease({ client, table, name, clock }),
    pause: createCircuitBreaker({ ...control, backfill: createBackfillRequests(control) }),
    backoff: createPollBackoff(control),
    outbox: createOutbox(control),
    queue: createQueue(new SQSClient({}), env.QUEUE_URL),
    bucket,
    readPage: async (correlationId) => {
      const orders = createImotrizClient({
        settings,
        transport,
        clock,
        correlationId,
        token: async (options) => (await (options?.fresh ? secret.fresh() : secret.get())).token,
        onFeedback: (feedback) => bucket.observe(feedback),
      });
      return (await orders.newOrders()).bytes;
    },
    summarise: (bytes) => {
      const page = readPage(bytes);
      if (!page.ok) return { ok: false, problem: page.problem };
      return { ok: true, returned: page.records.length, pending: page.metadata.pending };
    },
    slowestPageMs: SLOWEST_PAGE_MS,
    maxPages: settings.poll.maxPagesPerRun,
    metrics,
    log,
    clock,
  };
}
