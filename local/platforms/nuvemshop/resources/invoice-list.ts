import { elementsAt, startOf } from '../../../../functions/platforms/reading/json-slices.ts';
import type { ApiCall, Store } from '../platform.ts';
import type { Metafield } from './metafield.ts';

/** Whether a metafield is the list of an order's invoices (reference, order page, create an invoice). */
const isInvoiceList = ({ namespace, key, ownerResource }: Metafield): boolean =>
  namespace === 'nfe' && key === 'list' && ownerResource === 'Order';

/** Notes each entry that a write brought, and each that it lost, as its app wrote it. */
export function recordInvoices({ platform, now }: ApiCall, metafield: Metafield, before: string): void {
  if (!isInvoiceList(metafield)) return;
  const [old, current] = [entriesOf(before), entriesOf(metafield.value)];
  const record = (what: string) =>
    platform.effects.record({ orderId: String(metafield.ownerId), kind: 'invoice', what, at: now });
  // The same entry may stand there twice, which is one too many.
  const gone = [...old];
  for (const entry of current) {
    const known = gone.indexOf(entry);
    if (known < 0) record(`+ ${entry}`);
    else gone.splice(known, 1);
  }
  for (const entry of gone) record(`- ${entry}`);
}

/** What the list of an order holds; undefined where there is none, a text where it is no list. */
export function invoicesOf({ metafields }: Store, orderId: string): unknown {
  const found = [...metafields.values()].find((one) => isInvoiceList(one) && one.ownerId === Number(orderId));
  if (found === undefined) return undefined;
  try {
    return JSON.parse(found.value);
  } catch {
    return found.value;
  }
}

const entriesOf = (text: string): string[] =>
  elementsAt(text, startOf(text)).map(({ start, end }) => text.slice(start, end));
