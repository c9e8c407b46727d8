import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import { idSchema, wireId } from '../order/schema.ts';
import { path } from './call.ts';
import { checked, collect, type Requests } from './requests.ts';

const metafield = lazily(() => z.looseObject({ id: idSchema(), value: z.string() }));

/** The metafield with the invoices of an order: its id, and the text that all apps of the store share. */
export type InvoiceList = z.output<ReturnType<typeof metafield>>;

/** Where Nuvemshop looks for invoices. */
const PLACE = { namespace: 'nfe', key: 'list' } as const;
const DESCRIPTION = 'Lista de NFes';

/**
 * Invoices of orders. Nuvemshop has no call for them: they are one metafield, whose text is a JSON list of
 * `{key, link, fulfillment_order_id?}` (reference, order page, create an invoice; the guide's `access_key` and `url` do
 * not exist). There is no compare-and-set: whoever writes reads first, keeps what is not his, and reads again.
 */
export function createInvoices(requests: Requests) {
  return {
    /** The list of an order; undefined where nobody wrote one yet. */
    async find(orderId: string): Promise<InvoiceList | undefined> {
      const query = { owner_id: orderId, ...PLACE, per_page: 1 };
      const [found] = await collect(
        'invoices.find',
        requests.list(metafield(), 'invoices.find', '/metafields/orders', query),
      );
      return found;
    },
    /** Writes the first list of an order. */
    create(orderId: string, value: string): Promise<InvoiceList> {
      const operation = 'invoices.create';
      const body = {
        ...PLACE,
        value,
        description: DESCRIPTION,
        owner_resource: 'Order',
        owner_id: checked(wireId(), operation, orderId),
      };
      return requests.post(metafield(), operation, '/metafields', body);
    },
    /** Puts a text in the place of the one that is there. */
    replace: (id: string, value: string): Promise<InvoiceList> =>
      requests.put(metafield(), 'invoices.replace', path`/metafields/${id}`, { value }),
  };
}
