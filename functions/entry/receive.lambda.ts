import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { deployedFor } from '../pipeline/deployed.ts';
import { createReceiver, receive } from '../pipeline/receive.ts';
import type { Platform } from '../platforms/platform.ts';
import { createRuntime, frame } from '../runtime/handler.ts';

/** Takes the webhooks of a platform. */
export function handlerFor(platform: Platform, settings: unknown) {
  const runtime = createRuntime('receive', platform.name);
  const receiver = createReceiver(deployedFor(platform, settings), runtime);
  return frame(runtime, (event: APIGatewayProxyEventV2) => receive(receiver, event));
}
