import { jsonOf } from '../../../http/answer.ts';
import { elementsAt, startOf } from '../../reading/json-slices.ts';

/** An invoice as Nuvemshop keeps it (reference, order page, create an invoice). */
export interface Invoice {
  key: string;
  link: string;
  fulfillment_order_id?: string;
}

/** What the list of an order says of an invoice. */
export type Entry =
  /** The text is no JSON list: another app's mistake, which writing over it would hide. */
  | { state: 'unreadable' }
  | { state: 'there' }
  /** Under the same key stands something else. */
  | { state: 'other'; replaced: string }
  /** `added` is the whole text with the invoice at its end. */
  | { state: 'absent'; added: string };

/**
 * Looks an invoice up by its key, and makes the text that has it. Entries of others stay as their apps wrote them, byte for
 * byte: parsing and writing again would change numbers, spaces and the order of fields.
 *
 * @param value of the metafield; undefined where there is none.
 */
export function readEntry(value: string | undefined, wanted: Invoice): Entry {
  const text = value === undefined || value.trim() === '' ? '[]' : value;
  const list = jsonOf(Buffer.from(text, 'utf8'));
  if (!Array.isArray(list)) return { state: 'unreadable' };
  const start = startOf(text);
  const slices = elementsAt(text, start);
  const found = list.map(asObject);
  const same = found.some((entry) => entry?.key === wanted.key && agrees(entry, wanted));
  if (same) return { state: 'there' };
  const index = found.findIndex((entry) => entry?.key === wanted.key);
  const [entry, slice] = [found[index], slices[index]];
  if (entry !== undefined && slice !== undefined) {
    const replaced =
      text.slice(0, slice.start) + JSON.stringify({ ...entry, ...wanted }) + text.slice(slice.end);
    return { state: 'other', replaced };
  }
  const last = slices.at(-1);
  const at = last?.end ?? start + 1;
  const separator = last === undefined ? '' : ', ';
  return { state: 'absent', added: text.slice(0, at) + separator + JSON.stringify(wanted) + text.slice(at) };
}

/** The parcel counts only where the command names one. */
function agrees(entry: Record<string, unknown>, { link, fulfillment_order_id: parcel }: Invoice): boolean {
  return entry.link === link && (parcel === undefined || entry.fulfillment_order_id === parcel);
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : undefined;
}
