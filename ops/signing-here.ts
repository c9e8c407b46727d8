import { newSigningSecret, signingSecretSchema } from '../functions/erp/webhooks/signature.ts';
import { OperatorError } from './outputs.ts';

/** What the example receiver reads its secrets from. */
const VARIABLE = 'WEBHOOK_SECRETS';

/** What a developer's receiver is to verify signatures with: its own secrets, or one that is good for this run. */
export function signingSecrets(): { all: readonly string[]; shown?: string; text: string } {
  const given = (process.env[VARIABLE] ?? '').split(' ').filter((word) => word !== '');
  if (given.some((secret) => !signingSecretSchema.safeParse(secret).success))
    throw new OperatorError(
      `${VARIABLE} holds something that is no signing secret: whsec_ and base64, with a space between two. Correct it, or unset it.`,
    );
  if (given.length > 0) return { all: given, text: `Signed with what ${VARIABLE} holds.` };
  const shown = newSigningSecret();
  return { all: [shown], shown, text: `Signed with a secret for this run (or set ${VARIABLE}): ${shown}` };
}
