import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { pedidosyaWebhookSecret } from '../contract/secrets.ts';
import { verifyAuthorization } from '../platforms/pedidosya/authorization.ts';
import { createRuntime, flushing } from '../runtime/lambda.ts';
import { receiverClients } from './clients.ts';
import { proveWithRotation } from './prove.ts';
import { receive } from './receive.ts';

const runtime = createRuntime('pedidosya-webhook');
const { queue, secretOf } = receiverClients(runtime);
const secret = secretOf(pedidosyaWebhookSecret);

const receiver = {
  ...runtime,
  queue,
  platform: 'pedidosya',
  prove: proveWithRotation(
    secret,
    ({ secret: current, previousSecret }) => [current, previousSecret],
    (headers, _body, secrets) => verifyAuthorization(headers.authorization, secrets),
    runtime.clock,
  ),
  toMessage: (payload, envelope) => ({ ...envelope, kind: 'pedidosya.webhook', payload }),
} satisfies Parameters<typeof receive>[0];

export const handler = flushing(runtime, (event: APIGatewayProxyEventV2) => receive(receiver, event));
