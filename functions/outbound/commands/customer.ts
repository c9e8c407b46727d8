import type { CustomerKey } from '../../domain/customer.ts';
import { type ErpCustomerInput, type ErpCustomerKey, erpCustomerInput } from '../../domain/erp-customer.ts';
import type { NoCommand } from '../../platforms/commands.ts';
import type { CustomerLook, CustomerWrite } from '../../platforms/customer-write.ts';
import { withoutPerson } from '../../storage/command-item.ts';
import type { CustomerStore } from '../../storage/customers.ts';
import type { CustomerLinks } from '../../storage/erp-customers.ts';
import type { Subject } from './carrier.ts';
import { ended, endedErased } from './endings.ts';

/** What a customer of the merchant's system is written with. */
export interface CustomerParts {
  /** How the store's platform takes customers, or why it takes none. */
  readonly customerWrite: CustomerWrite | NoCommand;
  readonly links: CustomerLinks;
  readonly customers: Pick<CustomerStore, 'get'>;
}

/** Why nobody writes a customer whose person was erased. */
export const CUSTOMER_ERASED =
  'The person of the customer was erased, and stays erased. Nothing of the person is sent to the platform.';
const LINKED_TO_OTHER =
  "The platform's customer is linked to another customer of your system. Send that one, or make the two one in your system.";

/** Reads which customer of the platform it is, and whether its person is still there. */
export async function openCustomer(
  { customerWrite, links, customers }: CustomerParts,
  key: ErpCustomerKey,
): Promise<Subject> {
  const linked = await links.of(key);
  const isErased = async (customer: CustomerKey): Promise<boolean> =>
    (await customers.get(customer))?.erased !== undefined;
  const erased = linked !== undefined && (await isErased(linked));

  /** Which customer it is stands in the table before anything is done to it, so that an erasure finds what is under way. */
  async function lookAndLink(
    write: CustomerWrite,
    api: unknown,
    input: ErpCustomerInput,
  ): Promise<CustomerLook> {
    const shown = await write.look(api, { linkedId: linked?.platformCustomerId }, input);
    if (shown.customerId === undefined) return shown;
    const { platform, storeId } = key;
    const customer = { platform, storeId, platformCustomerId: shown.customerId };
    if (shown.customerId !== linked?.platformCustomerId && !(await links.link(key, customer)))
      return { state: 'refused', reason: LINKED_TO_OTHER };
    return (await isErased(customer)) ? { state: 'refused', reason: CUSTOMER_ERASED } : shown;
  }

  return {
    bare: (command) => (erased ? (withoutPerson(command) ?? command) : command),
    carrierOf(command, now) {
      if ('refused' in customerWrite)
        return { ended: ended(command, 'refused', now, { reason: customerWrite.refused }) };
      if (command.erased) return { ended: endedErased(command, now, CUSTOMER_ERASED) };
      const read = erpCustomerInput().safeParse(command.input);
      if (!read.success)
        return { ended: ended(command, 'failed', now, { reason: 'The command cannot be read any more.' }) };
      const input = read.data;
      return {
        look: (api) => lookAndLink(customerWrite, api, input),
        run: (api, fresh) => customerWrite.run(api, input, fresh),
        traits: { twice: customerWrite.twice(input), ignored: [] },
      };
    },
  };
}
