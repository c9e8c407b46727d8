import type { SQSEvent } from 'aws-lambda';
import { awsOptions, secretIdIn } from '../../pipeline/deployed.ts';
import { secretsClient } from '../../runtime/aws-clients.ts';
import { createDeliveries, type Deliveries, deliveryMessageSchema } from '../../runtime/deliveries.ts';
import { describeError } from '../../runtime/describe-error.ts';
import type { Invocation, Runtime } from '../../runtime/handler.ts';
import { runsInLocalCloud } from '../../runtime/local-cloud.ts';
import { MAX_DELAY_SECONDS } from '../../runtime/queue.ts';
import { sqsClient } from '../../runtime/sqs-client.ts';
import { documentClient } from '../../storage/dynamodb.ts';
import { createEndpointLeases } from '../../storage/endpoints.ts';
import { createFeedReader } from '../../storage/feed.ts';
import { createSetAsideEvents, currentVersionOf } from '../../storage/set-aside.ts';
import { createEndpointCaller } from './call.ts';
import { type Run, runDelivery } from './run.ts';
import type { DeliveryContext, Ended } from './session.ts';
import { createSigningSecrets } from './signing-secrets.ts';

/** A lease outlasts the run by this much, in ms. */
const LEASE_MARGIN_MS = 5_000;

export interface Deliverer extends DeliveryContext {
  readonly deliveries: Deliveries;
}

export function createDeliverer(runtime: Runtime<'deliver'>): Deliverer {
  const { env, log, metrics, clock } = runtime;
  const options = awsOptions(runtime);
  const client = documentClient(options);
  const control = { client, table: env.CONTROL_TABLE, clock };
  return {
    endpoints: createEndpointLeases(control),
    aside: createSetAsideEvents(client, env.CONTROL_TABLE),
    feed: createFeedReader(control),
    caller: createEndpointCaller({ exceptions: { loopback: runsInLocalCloud() } }),
    secretsOf: createSigningSecrets({
      client: secretsClient(options),
      id: secretIdIn(env.SECRETS, 'signing', undefined),
      clock,
    }),
    currentVersion: (event) => currentVersionOf(client, env.ORDERS_TABLE, event),
    deliveries: createDeliveries(sqsClient(options), env.QUEUE_URL),
    clock,
    log,
    metrics,
  };
}

/**
 * Works on the endpoints that messages name, each once, at the same time. A message is a hint: what it told is read from the
 * table, and the sweep tells it again. So none is reported as failed, but an error of ours leaves the function.
 */
export async function deliverEvent(
  deliverer: Deliverer,
  event: SQSEvent,
  { requestId, remainingMs }: Invocation,
): Promise<void> {
  const read = event.Records.map(({ body }) => deliveryMessageSchema.parse(JSON.parse(body)).endpoint);
  const run: Run = { id: requestId, remainingMs };
  const ended = await Promise.allSettled([...new Set(read)].map((id) => deliverTo(deliverer, id, run)));
  const failure = ended.find((one) => one.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}

/** Works on one endpoint, as long as there is something for it. */
export async function deliverTo(deliverer: Deliverer, id: string, run: Run): Promise<void> {
  const { endpoints, feed } = deliverer;
  for (;;) {
    const endpoint = await endpoints.acquire(id, run.id, run.remainingMs() + LEASE_MARGIN_MS);
    if (endpoint === undefined) return;
    const ended = await runDelivery(deliverer, endpoint, run).catch(async (error: unknown) => {
      await endpoints.release(id, run.id).catch(() => {});
      throw error;
    });
    if (ended.as !== 'up-to-date') return announceNext(deliverer, id, ended);
    // What came while the lease was held was announced to nobody.
    if (ended.more) continue;
    const events = await feed.read({ epoch: ended.epoch, seq: ended.seq }, 1);
    if (events.length === 0) return;
  }
}

/** Goes on in another run. When the message is lost, the sweep does it. */
async function announceNext({ deliveries, log }: Deliverer, id: string, ended: Ended): Promise<void> {
  const delaySeconds = ended.as === 'failing' ? ended.waitMs / 1000 : 0;
  if (ended.as === 'stopped' || ended.as === 'lease-lost' || delaySeconds > MAX_DELAY_SECONDS) return;
  await deliveries.announce(id, delaySeconds).catch((error: unknown) => {
    log.warn('work of an endpoint could not be announced', { endpoint: id, error: describeError(error) });
  });
}
