import { timingSafeEqual } from 'node:crypto';
import type { Verification, WebhookProof } from '../../../functions/platforms/intake.ts';
import { SIGNATURE_HEADER, signatureOf } from './api.ts';
import { appSecret, storeSecret } from './settings.ts';

/** How one app of all stores proves its webhooks. */
export const proof: WebhookProof = {
  credential: 'app',
  schema: () => appSecret,
  secrets(credential) {
    const { clientSecret, previousClientSecret } = appSecret.parse(credential);
    return [clientSecret, previousClientSecret];
  },
  verify: ({ headers, body }, secrets) => verify(body, headers[SIGNATURE_HEADER], secrets),
};

/** The same, where each store has a secret of its own. */
export const proofPerStore: WebhookProof = {
  ...proof,
  credential: 'store',
  schema: () => storeSecret,
  secrets(credential) {
    const { hookSecret, previousHookSecret } = storeSecret.parse(credential);
    return [hookSecret, previousHookSecret];
  },
};

function verify(body: Uint8Array, claimed: string | undefined, secrets: readonly string[]): Verification {
  if (claimed === undefined || !/^[0-9a-f]{64}$/.test(claimed)) return { valid: false, reason: 'missing' };
  const valid = secrets.filter((secret) =>
    timingSafeEqual(Buffer.from(signatureOf(body, secret)), Buffer.from(claimed)),
  );
  return valid.length > 0 ? { valid: true } : { valid: false, reason: 'wrong' };
}
