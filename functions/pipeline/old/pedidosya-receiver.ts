import { pedidosyaWebhookSecret } from '../../platforms/secrets.ts';
import { verifyAuthorization } from '../../platforms/pedidosya/authorization.ts';
import type { Runtime } from '../../runtime/lambda.ts';
import { receiverClients } from '../receiver-clients.ts';
import { proveWithRotation } from '../verify.ts';
import type { Receiver } from '../receive.ts';

/** Everything the receiver of PedidosYa's webhooks works with, made once per container. */
export function createPedidosyaReceiver(runtime: Runtime<'pedidosya-webhook'>): Receiver {
  const { queue, secretOf } = receiverClients(runtime);
  const prove = proveWithRotation(
    secretOf(pedidosyaWebhookSecret),
    ({ secret, previousSecret }) => [secret, previousSecret],
    (headers, _body, secrets) => verifyAuthorization(headers.authorization, secrets),
    runtime.clock,
  );
  return {
    ...runtime,
    queue,
    platform: 'pedidosya',
    prove,
    toMessage: (payload, envelope) => ({ ...envelope, kind: 'pedidosya.webhook', payload }),
  };
}
