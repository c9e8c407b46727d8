import * as z from 'zod';
import { describe } from '../lenient.ts';
import { idSchema, numericIdSchema } from './ids.ts';

export type PrivacyTopic = 'store/redact' | 'customers/redact' | 'customers/data_request';

/** What a privacy notice asks for: ids only, none of the personal data it quotes. */
export type PrivacyNotice =
  | { ok: true; storeId: string; customerId?: string; orderIds: string[] }
  | { ok: false; problem: string };

const ids = z.array(numericIdSchema).nullish();
const store = z.object({ store_id: numericIdSchema });
const customer = store.extend({ customer: z.object({ id: idSchema }) });
const SCHEMAS = {
  'store/redact': store,
  'customers/redact': customer.extend({ orders_to_redact: ids }),
  'customers/data_request': customer.extend({ orders_requested: ids }),
} as const;

/**
 * Reads one of the three notices that data protection demands (Nuvemshop reference, webhook page, required webhooks). They
 * carry no `event`: the address they came to is their topic. `store/redact` comes when the token is dead already, so it
 * has to be carried out without the API.
 */
export function readPrivacyNotice(topic: PrivacyTopic, json: unknown): PrivacyNotice {
  const read = SCHEMAS[topic].safeParse(json);
  if (!read.success) return { ok: false, problem: describe(read.error.issues) };
  const notice: z.output<typeof store> & {
    customer?: { id: string };
    orders_to_redact?: string[] | null | undefined;
    orders_requested?: string[] | null | undefined;
  } = read.data;
  return {
    ok: true,
    storeId: notice.store_id,
    ...(notice.customer === undefined ? {} : { customerId: notice.customer.id }),
    orderIds: notice.orders_to_redact ?? notice.orders_requested ?? [],
  };
}
