import { randomUUID } from 'node:crypto';
import { isoTime } from '../../functions/domain/time.ts';
import type { CallResult } from '../../functions/erp/webhooks/call.ts';
import type { Endpoint } from '../../functions/storage/endpoints.ts';
import type { OperatorContext } from '../context.ts';
import { isTaken, openLine, post } from '../endpoint-line.ts';
import { type Reasoned, reasonIn } from '../option-values.ts';
import { notFound, OperatorError } from '../outputs.ts';
import type { WebhooksContext } from '../webhooks-context.ts';

/** An endpoint by its id. @throws OperatorError where there is none */
export async function endpointNamed({ admin }: WebhooksContext, id: string): Promise<Endpoint> {
  const found = await admin.get(id);
  if (found !== undefined) return found;
  throw notFound(`There is no endpoint "${id}". "webhooks list" shows those there are.`);
}

/**
 * Where a test of an endpoint goes, and what it is signed with. It sends nothing.
 *
 * @throws OperatorError without a secret to sign with
 */
export async function testable(
  webhooks: WebhooksContext,
  id: string,
): Promise<{ url: string; secrets: readonly string[] }> {
  const { url } = await endpointNamed(webhooks, id);
  const secrets = await webhooks.signing.of(id);
  if (secrets.length === 0)
    throw new OperatorError(
      `Endpoint ${id} has no signing secret. Give it one with "webhooks rotate ${id}".`,
    );
  return { url, secrets };
}

/**
 * Sends a signed event of type `test`, from this machine. It is in no feed and changes nothing of the endpoint.
 *
 * @throws OperatorError without a secret to sign with, or where the URL cannot be used
 */
export async function sendTest(
  webhooks: WebhooksContext,
  id: string,
): Promise<{ event: { id: string; type: string; at: string }; taken: boolean; answer: CallResult }> {
  const { url, secrets } = await testable(webhooks, id);
  const event = { id: `test:${randomUUID()}`, type: 'test', at: isoTime(webhooks.clock.now()) };
  const line = await openLine(webhooks.caller, url);
  const answer = await post(line, secrets, event, webhooks.clock.now()).finally(() => line.close());
  return { event, taken: isTaken(answer), answer };
}

/** Changes whether an endpoint is sent events. Resumed, it gets the first call at once. @throws OperatorError */
export async function switchEndpoint(
  context: OperatorContext,
  id: string,
  what: 'pause' | 'resume',
  why: Reasoned = {},
): Promise<void> {
  const { webhooks } = context;
  await endpointNamed(webhooks, id);
  await context.audited(`webhooks ${what}`, { endpoint: id, ...reasonIn(why) }, async () => {
    await webhooks.admin[what](id);
    if (what === 'resume') await webhooks.deliveries.announce(id);
    return {};
  });
}
