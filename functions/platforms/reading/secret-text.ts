import * as z from 'zod';

/**
 * A credential in a secret.
 *
 * @param shortest fewer characters than any that the platform hands out, or that we would generate
 */
export const secretText = (shortest: number) => z.string().trim().min(shortest);
