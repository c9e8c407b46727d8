import { verifyAuthorization } from '../../platforms/pedidosya/authorization.ts';
import { pedidosyaWebhookSecret } from '../../platforms/secrets.ts';
import type { Runtime } from '../../runtime/lambda.ts';
import type { Receiver } from '../receive.ts';
import { receiverClients } from '../receiver-clients.ts';
import { verifyWithRotation } from '../verify.ts';

/** Everything the receiver of PedidosYa's webhooks works with, made once per container. */
export function createPedidosyaReceiver(runtime: Runtime<'pedidosya-webhook'>): Receiver {
  const { queue, secretOf } = receiverClients(runtime);
  const verify = verifyWithRotation(
    secretOf(pedidosyaWebhookSecret),
    ({ secret, previousSecret }) => [secret, previousSecret],
    (headers, _body, secrets) => verifyAuthorization(headers.authorization, secrets),
    runtime.clock,
  );
  return {
    ...runtime,
    queue,
    platform: 'pedidosya',
    verify,
    toMessage: (payload, envelope) => ({ ...envelope, kind: 'pedidosya.webhook', payload }),
  };
}
