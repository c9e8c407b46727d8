import type { ErpCustomerInput } from '../../domain/erp-customer.ts';
import type { NoCommand } from '../commands.ts';
import type { CustomerLook, CustomerWrite } from '../customer-write.ts';
import { omitUndefined } from '../reading/tolerant-reader.ts';
import type { Customer, CustomerCreation, CustomerUpdate } from './client/customers.ts';
import { ifThere } from './client/if-there.ts';
import { failed } from './client/requests.ts';
import { withScope } from './client/with-scope.ts';
import type { NuvemshopClient } from './client.ts';

/** What the call needs of what the look read: whom to change and in what; nobody, where there is nobody yet. */
type Missing = { readonly id: string; readonly changes: CustomerUpdate } | undefined;

const SCOPE = { scope: 'write_customers', otherwise: ', then send the customer again' };

/** Customers out: `POST /customers`, `PUT /customers/{id}` (Nuvemshop reference, customer page). */
export const customerWrite: CustomerWrite<NuvemshopClient, Missing> = {
  // No second customer of one e-mail address is taken, but nobody says whether a second mail would go.
  twice: ({ invite }) => (invite ? 'harmful' : 'harmless'),
  async look({ customers }, { linkedId }, input): Promise<CustomerLook<Missing>> {
    const found = await withScope(SCOPE, () => find(customers, linkedId, input));
    if (found === 'ambiguous') return { state: 'refused', reason: AMBIGUOUS };
    if (found === undefined) return { state: 'absent', step: 'create', fresh: undefined };
    const { id: customerId } = found;
    const changes = changesOf(found, input);
    // Nobody is invited by a change.
    if (Object.keys(changes).length > 0)
      return {
        state: 'absent',
        step: 'update',
        fresh: { id: customerId, changes },
        customerId,
        harmless: true,
      };
    const unseen = (input.addresses ?? []).length > (found.addresses ?? []).length ? ['addresses'] : [];
    return { state: 'there', customerId, ...(unseen.length === 0 ? {} : { unconfirmed: unseen }) };
  },
  async run({ customers }, input, missing) {
    await withScope(SCOPE, () =>
      missing === undefined
        ? customers.create(creationOf(input))
        : customers.update(missing.id, missing.changes),
    );
  },
};

/** Of a store whose configuration wants no customers: what is sent to it could not be erased with the mirrored one. */
export const NOT_WANTED: NoCommand = {
  refused:
    'The configuration of the store does not want customers. Set "customers": true, give the app the scope write_customers, and deploy.',
};

const AMBIGUOUS =
  'Several customers of the store have this document, and none the e-mail address. Give one of them the address in the panel, then send the customer again.';

type Customers = NuvemshopClient['customers'];

/** By our link, then by e-mail, which is unique in a store, then by document. */
async function find(
  customers: Customers,
  linkedId: string | undefined,
  { email, document }: ErpCustomerInput,
): Promise<Customer | 'ambiguous' | undefined> {
  const linked = linkedId === undefined ? undefined : await ifThere(customers.get(linkedId));
  if (linked !== undefined) return linked;
  const [byEmail] = await matching(customers, email, (one) => sameText(one.email, email));
  // A dash in the place of a document is as much as everybody has who has none.
  if (byEmail !== undefined || document === undefined || lettersAndDigits(document) === '') return byEmail;
  // The list looks for the letters as they are: as they are sent, and without what only separates them.
  for (const written of new Set([document, lettersAndDigits(document)])) {
    const found = await matching(customers, written, (one) => sameDocument(one.identification, document));
    if (found.length > 0) return found.length > 1 ? 'ambiguous' : found[0];
  }
  return undefined;
}

/** `q` finds parts of words too, so what is found is compared. @throws PlatformError `invalid-response` */
async function matching(
  customers: Customers,
  q: string,
  isMeant: (one: Customer) => boolean,
): Promise<Customer[]> {
  const found: Customer[] = [];
  let unread: string | undefined;
  for await (const { items, unreadable } of customers.list({ q })) {
    found.push(...items.filter(isMeant));
    unread ??= unreadable[0];
  }
  // It may be the one that is looked for: a customer who is taken for missing is made a second time.
  if (found.length === 0 && unread !== undefined)
    throw failed({ operation: 'customers.list', kind: 'invalid-response', detail: unread });
  return found;
}

const onlyLetters = (text: string): string => text.normalize('NFC').trim().toLowerCase();
const sameText = (shown: string | null | undefined, wanted: string): boolean =>
  onlyLetters(shown ?? '') === onlyLetters(wanted);
const lettersAndDigits = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
const sameDocument = (shown: string | null | undefined, wanted: string): boolean =>
  lettersAndDigits(shown ?? '') === lettersAndDigits(wanted);
const digitsOf = (text: string): string => text.replaceAll(/\D/g, '');
/** A platform writes a number in its own way. */
const samePhone = (shown: string | null | undefined, wanted: string): boolean =>
  shown === wanted || (digitsOf(wanted) !== '' && digitsOf(shown ?? '') === digitsOf(wanted));

/** What is not as it is wanted. What the merchant's system left out stays. */
function changesOf(
  shown: Customer,
  { name, email, phone, document, note }: ErpCustomerInput,
): CustomerUpdate {
  return omitUndefined<CustomerUpdate>({
    name: shown.name?.trim() === name ? undefined : name,
    email: sameText(shown.email, email) ? undefined : email,
    phone: phone === undefined || samePhone(shown.phone, phone) ? undefined : phone,
    identification:
      document === undefined || sameDocument(shown.identification, document) ? undefined : document,
    note: note === undefined || shown.note?.trim() === note ? undefined : note,
  });
}

const creationOf = ({
  name,
  email,
  phone,
  document,
  note,
  addresses,
  invite,
}: ErpCustomerInput): CustomerCreation => ({
  ...omitUndefined<Omit<CustomerUpdate, 'name' | 'email'>>({
    phone,
    identification: document,
    note,
    addresses: addresses?.map(({ street, ...rest }) => omitUndefined({ ...rest, address: street })),
  }),
  name,
  email,
  send_email_invite: invite,
});
