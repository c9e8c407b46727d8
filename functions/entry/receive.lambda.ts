import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { createReceiver, type Receiving, receive } from '../pipeline/receive.ts';
import { createRuntime, frame } from '../runtime/handler.ts';

/** Takes the webhooks of a platform. */
export function handlerFor(receiving: Receiving) {
  const runtime = createRuntime('receive', receiving.platform.name);
  const receiver = createReceiver(receiving, runtime);
  return frame(runtime, (event: APIGatewayProxyEventV2) => receive(receiver, event));
}
