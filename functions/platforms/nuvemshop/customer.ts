import * as z from 'zod';
import { type Customer, customerSchema } from '../../domain/customer.ts';
import { lazily } from '../../domain/lazily.ts';
import type { MirrorReading } from '../../domain/mirror-row.ts';
import { createAmounts } from '../reading/amounts.ts';
import { entriesOf, flag } from '../reading/forms.ts';
import { describe } from '../reading/issue-texts.ts';
import {
  omitUndefined,
  omitUndefinedOrNothing,
  readTolerantly,
  shorten,
} from '../reading/tolerant-reader.ts';
import { amount, text, time } from './order/fields.ts';
import { readAddress } from './order/places.ts';
import { numericIdSchema, optionalId } from './order/schema.ts';
import { filled, namedTextsOf } from './order/texts.ts';
import { readOrderTime } from './order/times.ts';
import { refusal } from './product.ts';

const place = lazily(() => ({
  address: text(),
  number: text(),
  floor: text(),
  locality: text(),
  city: text(),
  province: text(),
  country: text(),
  zipcode: text(),
}));

const address = lazily(() =>
  z.object({ ...place(), id: optionalId(), default: flag(), name: text(), phone: text() }),
);

/** The currency of the amounts beside it. */
const currency = lazily(() =>
  z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z]{3}$/)
    .nullish(),
);

/** A customer as `GET /customers/{id}` gives it (Nuvemshop reference, customer page). */
const schema = lazily(() =>
  z.object({
    id: numericIdSchema(),
    name: text(),
    email: text(),
    identification: text(),
    phone: text(),
    note: text(),
    addresses: z.preprocess(entriesOf, z.array(address()).optional()),
    billing_name: text(),
    billing_phone: text(),
    billing_address: text(),
    billing_number: text(),
    billing_floor: text(),
    billing_locality: text(),
    billing_zipcode: text(),
    billing_city: text(),
    billing_province: text(),
    billing_country: text(),
    extra: z.unknown().optional(),
    total_spent: amount(),
    total_spent_currency: currency(),
    last_order_id: optionalId(),
    accepts_marketing: flag(),
    created_at: time(),
    updated_at: time(),
  }),
);
type Source = z.output<ReturnType<typeof schema>>;

/** As much of a customer as is mirrored, by the names of the answer. */
export const customerFields = (): string => Object.keys(schema().shape).join(',');

const isRequired = ([head]: readonly PropertyKey[]): boolean => head === undefined || head === 'id';

/** Makes the normalised customer of Nuvemshop's customer object. Never throws, whatever the JSON. */
export function normaliseNuvemshopCustomer(
  json: unknown,
  { storeId }: { storeId: string },
): MirrorReading<Customer> {
  const reading = readTolerantly(schema(), json, isRequired);
  if (!reading.ok) return refusal(json, reading.problem);
  const source = reading.value;
  const warnings = [...reading.warnings];
  const checked = customerSchema().safeParse(
    omitUndefined<Customer>({
      platform: 'nuvemshop',
      storeId,
      platformCustomerId: source.id,
      acceptsMarketing: source.accepts_marketing ?? undefined,
      totalSpent: spentOf(source, warnings),
      lastOrderId: source.last_order_id,
      platformCreatedAt: readOrderTime(source.created_at),
      platformUpdatedAt: readOrderTime(source.updated_at),
      warnings: shorten(warnings),
      personal: personalOf(source),
    }),
  );
  return checked.success
    ? { ok: true, said: checked.data }
    : refusal(json, describe(checked.error.issues, customerSchema()));
}

/** An amount without its currency says nothing. */
function spentOf(
  { total_spent: total, total_spent_currency: named }: Source,
  warnings: string[],
): Customer['totalSpent'] {
  if (!named) return undefined;
  const amounts = createAmounts(named);
  const spent = amounts.readOptional(total, 'total_spent');
  warnings.push(...amounts.warnings);
  return spent === undefined ? undefined : { amount: spent, currency: named };
}

type Personal = Customer['personal'];

function personalOf(source: Source): Personal {
  const addresses = source.addresses?.flatMap(addressOf) ?? [];
  const fields = namedTextsOf(source.extra).map(({ name, value }) => ({ name, value }));
  return omitUndefined<Personal>({
    name: filled(source.name),
    email: filled(source.email),
    phone: filled(source.phone),
    documentId: filled(source.identification),
    billing: omitUndefinedOrNothing({
      name: filled(source.billing_name),
      phone: filled(source.billing_phone),
      address: readAddress({
        address: source.billing_address,
        number: source.billing_number,
        floor: source.billing_floor,
        locality: source.billing_locality,
        city: source.billing_city,
        province: source.billing_province,
        country: source.billing_country,
        zipcode: source.billing_zipcode,
      }),
    }),
    addresses: addresses.length === 0 ? undefined : addresses,
    note: filled(source.note),
    customFields: fields.length === 0 ? undefined : fields,
  });
}

type CustomerAddress = NonNullable<Personal['addresses']>[number];

function addressOf({
  id: addressId,
  default: isDefault,
  name,
  phone,
  ...where
}: z.output<ReturnType<typeof address>>): CustomerAddress[] {
  const said = omitUndefinedOrNothing({ name: filled(name), phone: filled(phone), ...readAddress(where) });
  if (said === undefined) return [];
  return [
    omitUndefined<CustomerAddress>({ addressId, isDefault: isDefault === true ? true : undefined, ...said }),
  ];
}
