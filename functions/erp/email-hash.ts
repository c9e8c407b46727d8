import { createHmac } from 'node:crypto';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import { createSecret, type SecretOptions } from '../runtime/secrets.ts';

/** The field that the deployment generates. */
export const EMAIL_KEY_FIELD = 'key';

const keySchema = lazily(() => z.object({ [EMAIL_KEY_FIELD]: z.string().min(32) }));

/**
 * Makes of an e-mail address what stands for it in keys: HMAC-SHA-256, hex, by a key of the deployment. A plain hash of an address is
 * found by trying addresses, of which there are lists.
 *
 * @param options the secret of the key, which is read when the first hash is made
 * @returns a function of an address, as `emailText` makes it, which throws where the key cannot be read
 */
export function createEmailHash(
  options: Pick<SecretOptions<unknown>, 'client' | 'id' | 'clock'>,
): (email: string) => Promise<string> {
  const secret = createSecret({ ...options, schema: keySchema });
  return async (email) =>
    createHmac('sha256', (await secret.get())[EMAIL_KEY_FIELD])
      .update(email)
      .digest('hex');
}
