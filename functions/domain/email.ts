import * as z from 'zod';
import { emailText } from './email-text.ts';
import { lazily } from './lazily.ts';

/** As much of a row, of an order or a customer, as tells the person's address. */
const reached = lazily(() =>
  z.object({
    personal: z
      .object({ email: z.string().optional().catch(undefined) })
      .optional()
      .catch(undefined),
  }),
);

/** The address of a row's person, as {@link emailText} makes it. @param row as the table has it; absent: there is none */
export function emailOf(row: unknown): string | undefined {
  const read = reached().safeParse(row);
  const { email } = (read.success ? read.data.personal : undefined) ?? {};
  return email === undefined ? undefined : emailText(email);
}
