import * as z from 'zod';
import { lazily } from '../../domain/lazily.ts';
import { secretText } from '../reading/secret-text.ts';

/** No length is documented; the token of the reference's sample has 39 characters. A copied half of one is refused. */
const handedOut = lazily(() => secretText(16));

/** The app's credentials; `clientSecret` also signs its webhooks. The previous one is honoured during a rotation. */
export const appSecret = lazily(() =>
  z.looseObject({
    clientId: secretText(1),
    clientSecret: handedOut(),
    previousClientSecret: handedOut().optional(),
  }),
);

/** The store's access token. */
export const storeSecret = lazily(() =>
  z.looseObject({
    accessToken: handedOut(),
    /** Kept by the installation; absent where a person put the token in. */
    storeId: z.string().min(1).optional(),
    scopes: z.array(z.string()).optional(),
    installedAt: z.iso.datetime().optional(),
  }),
);

/** Which of the two an installation goes by, and which it fills. */
export const OAUTH_CREDENTIALS = { appCredential: 'app', tokenCredential: 'store' } as const;
