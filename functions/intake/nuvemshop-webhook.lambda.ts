import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { nuvemshopAppSecret } from '../contract/secrets.ts';
import { verifyNuvemshopSignature } from '../platforms/nuvemshop/signature.ts';
import { createRuntime, flushing } from '../runtime/lambda.ts';
import { receiverClients } from './clients.ts';
import { nuvemshopTopic } from './nuvemshop-topic.ts';
import { proveWithRotation } from './prove.ts';
import { receive } from './receive.ts';

const runtime = createRuntime('nuvemshop-webhook');
const { queue, secretOf } = receiverClients(runtime);
const secret = secretOf(nuvemshopAppSecret);

const receiver = {
  ...runtime,
  queue,
  platform: 'nuvemshop',
  prove: proveWithRotation(
    secret,
    ({ clientSecret, previousClientSecret }) => [clientSecret, previousClientSecret],
    (headers, body, secrets) => verifyNuvemshopSignature(body, headers['x-linkedstore-hmac-sha256'], secrets),
    runtime.clock,
  ),
  toMessage: (payload, envelope, path) => ({
    ...envelope,
    kind: 'nuvemshop.webhook',
    topic: nuvemshopTopic(path),
    payload,
  }),
} satisfies Parameters<typeof receive>[0];

export const handler = flushing(runtime, (event: APIGatewayProxyEventV2) => receive(receiver, event));
