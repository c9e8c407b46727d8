import * as z from 'zod';
import { describe } from '../reading/tolerant-reader.ts';
import { idSchema, numericIdSchema } from './ids.ts';

export type PrivacyTopic = 'store/redact' | 'customers/redact' | 'customers/data_request';

/** What a privacy notice asks for: ids only, none of the personal data it quotes. */
export interface PrivacyRequest {
  storeId: string;
  customerId?: string;
  orderIds: string[];
  /** Carts and drafts that a data request names beside the orders. */
  checkoutIds?: string[];
  draftIds?: string[];
  dataRequestId?: string;
}

export type PrivacyNotice = ({ ok: true } & PrivacyRequest) | { ok: false; problem: string };

// A list may be empty, or null, but not missing: under another name it would be a request that nobody carries out.
const ids = z
  .array(numericIdSchema)
  .nullable()
  .transform((list) => [...new Set(list ?? [])]);
const others = z.array(idSchema).nullish().catch(undefined);
const store = z.object({ store_id: numericIdSchema });
const customer = store.extend({ customer: z.object({ id: idSchema }) });
const redact = customer.extend({ orders_to_redact: ids });
const dataRequest = customer.extend({
  orders_requested: ids,
  checkouts_requested: others,
  drafts_orders_requested: others,
  data_request: z.object({ id: idSchema }).nullish().catch(undefined),
});

/**
 * Reads one of the three notices that data protection demands (Nuvemshop reference, webhook page, required webhooks). They
 * carry no `event`: the address they came to is their topic. `store/redact` comes when the token is dead already, so it
 * has to be carried out without the API.
 */
export function readPrivacyNotice(topic: PrivacyTopic, json: unknown): PrivacyNotice {
  switch (topic) {
    case 'store/redact':
      return read(store, json, (body) => ({ storeId: body.store_id, orderIds: [] }));
    case 'customers/redact':
      return read(redact, json, (body) => ({ ...about(body), orderIds: body.orders_to_redact }));
    case 'customers/data_request':
      return read(dataRequest, json, (body) => ({
        ...about(body),
        orderIds: body.orders_requested,
        ...(body.checkouts_requested ? { checkoutIds: body.checkouts_requested } : {}),
        ...(body.drafts_orders_requested ? { draftIds: body.drafts_orders_requested } : {}),
        ...(body.data_request ? { dataRequestId: body.data_request.id } : {}),
      }));
  }
}

const about = (body: z.output<typeof customer>) => ({
  storeId: body.store_id,
  customerId: body.customer.id,
});

function read<T>(schema: z.ZodType<T>, json: unknown, request: (body: T) => PrivacyRequest): PrivacyNotice {
  const body = schema.safeParse(json);
  return body.success
    ? { ok: true, ...request(body.data) }
    : { ok: false, problem: describe(body.error.issues) };
}
