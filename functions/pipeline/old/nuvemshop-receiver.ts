import { verifyNuvemshopSignature } from '../../platforms/nuvemshop/signature.ts';
import { nuvemshopAppSecret } from '../../platforms/secrets.ts';
import type { Runtime } from '../../runtime/lambda.ts';
import type { Receiver } from '../receive.ts';
import { receiverClients } from '../receiver-clients.ts';
import { verifyWithRotation } from '../verify.ts';
import { nuvemshopTopic } from './nuvemshop-topic.ts';

/** Everything the receiver of Nuvemshop's webhooks works with, made once per container. */
export function createNuvemshopReceiver(runtime: Runtime<'nuvemshop-webhook'>): Receiver {
  const { queue, secretOf } = receiverClients(runtime);
  const verify = verifyWithRotation(
    secretOf(nuvemshopAppSecret),
    ({ clientSecret, previousClientSecret }) => [clientSecret, previousClientSecret],
    (headers, body, secrets) => verifyNuvemshopSignature(body, headers['x-linkedstore-hmac-sha256'], secrets),
    runtime.clock,
  );
  return {
    ...runtime,
    queue,
    platform: 'nuvemshop',
    verify,
    toMessage: (payload, envelope, path) => ({
      ...envelope,
      kind: 'nuvemshop.webhook',
      topic: nuvemshopTopic(path),
      payload,
    }),
  };
}
