import * as z from 'zod';
import { lazily } from '../../domain/lazily.ts';
import { secretText } from '../reading/secret-text.ts';

/** What PedidosYa sends back to us in `Authorization`: whoever knows it can send orders, so it has to be long. */
const chosen = lazily(() => secretText(16));
/** The previous one is honoured during a rotation. */
export const webhookSecret = lazily(() =>
  z.looseObject({ secret: chosen(), previousSecret: chosen().optional() }),
);

/** Shorter than any credential that the platform is known to hand out. */
const handedOut = lazily(() => secretText(8));

/** A static token, or the pair for the client credentials grant. */
export const apiSecret = lazily(() =>
  z.union([
    z.looseObject({ token: handedOut() }),
    z.looseObject({ clientId: secretText(1), clientSecret: handedOut() }),
  ]),
);
export type PedidosyaCredential = z.output<ReturnType<typeof apiSecret>>;
