import type { ErpCustomerInput } from '../domain/erp-customer.ts';
import type { Look, NoCommand } from './commands.ts';
import type { Store } from './store.ts';

/** The customer that a write is for, as far as it is known. */
export interface CustomerTarget {
  /** The platform's id of it, once a look found it. */
  readonly linkedId?: string | undefined;
}

/** What the platform shows of the customer that is wanted, and which of its customers it is. */
export type CustomerLook<Fresh = unknown> = Look<Fresh> & { readonly customerId?: string };

/** How a platform comes to have a customer of the merchant's system: looked for, then called, then looked at, as a command is. */
export interface CustomerWrite<Api = unknown, Fresh = unknown> {
  /** Whether the same call made twice harms anybody. */
  twice(input: ErpCustomerInput): 'harmless' | 'harmful';
  /** Finds the customer before anybody makes one: by the link, then by e-mail, then by document. @throws PlatformError */
  look(api: Api, target: CustomerTarget, input: ErpCustomerInput): Promise<CustomerLook<Fresh>>;
  /** Makes the call that the look named; nothing is repeated or looked up here. @throws PlatformError */
  run(api: Api, input: ErpCustomerInput, fresh: Fresh): Promise<void>;
}

/** How a store takes customers of the merchant's system, or why it takes none. */
export const customerWriteOf = <S, Api>(
  platform: { customerWrite?(store: Store<S>): CustomerWrite<Api> | NoCommand },
  store: Store<S>,
): CustomerWrite<Api> | NoCommand => platform.customerWrite?.(store) ?? NO_CUSTOMERS;

const NO_CUSTOMERS: NoCommand = {
  refused:
    'The platform has no call for customers: they come with its orders. Keep this one in your own system.',
};
