import * as z from 'zod';

/** Shapes of the secret strings in Secrets Manager: JSON objects, one secret per platform credential. */

const filled = z.string().min(1);

/** What PedidosYa sends back to us in `Authorization`. The previous one is honoured during a rotation. */
export const pedidosyaWebhookSecret = z.looseObject({ secret: filled, previousSecret: filled.optional() });

/** A static token, or the pair for the client credentials grant. */
export const pedidosyaApiSecret = z.union([
  z.looseObject({ token: filled }),
  z.looseObject({ clientId: filled, clientSecret: filled }),
]);

/** The token that iMotriz shows under "Integración API". */
export const imotrizApiSecret = z.looseObject({ token: filled });
