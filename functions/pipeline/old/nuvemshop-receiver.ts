import { nuvemshopAppSecret } from '../../platforms/secrets.ts';
import { verifyNuvemshopSignature } from '../../platforms/nuvemshop/signature.ts';
import type { Runtime } from '../../runtime/lambda.ts';
import { receiverClients } from '../receiver-clients.ts';
import { nuvemshopTopic } from './nuvemshop-topic.ts';
import { proveWithRotation } from '../verify.ts';
import type { Receiver } from '../receive.ts';

/** Everything the receiver of Nuvemshop's webhooks works with, made once per container. */
export function createNuvemshopReceiver(runtime: Runtime<'nuvemshop-webhook'>): Receiver {
  const { queue, secretOf } = receiverClients(runtime);
  const prove = proveWithRotation(
    secretOf(nuvemshopAppSecret),
    ({ clientSecret, previousClientSecret }) => [clientSecret, previousClientSecret],
    (headers, body, secrets) => verifyNuvemshopSignature(body, headers['x-linkedstore-hmac-sha256'], secrets),
    runtime.clock,
  );
  return {
    ...runtime,
    queue,
    platform: 'nuvemshop',
    prove,
    toMessage: (payload, envelope, path) => ({
      ...envelope,
      kind: 'nuvemshop.webhook',
      topic: nuvemshopTopic(path),
      payload,
    }),
  };
}
