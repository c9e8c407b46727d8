import * as z from 'zod';
import { secretText } from '../reading/secret-text.ts';

/** What PedidosYa sends back to us in `Authorization`: whoever knows it can send orders, so it has to be long. */
const chosen = secretText(16);
/** The previous one is honoured during a rotation. */
export const webhookSecret = z.looseObject({ secret: chosen, previousSecret: chosen.optional() });

/** Shorter than any credential that the platform is known to hand out. */
const handedOut = secretText(8);

/** A static token, or the pair for the client credentials grant. */
export const apiSecret = z.union([
  z.looseObject({ token: handedOut }),
  z.looseObject({ clientId: secretText(1), clientSecret: handedOut }),
]);
export type PedidosyaCredential = z.output<typeof apiSecret>;
