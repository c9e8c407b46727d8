import { contentHash } from '../../domain/canonical-json.ts';
import { CUSTOMER_COMMAND } from '../../domain/command.ts';
import type { ErpCustomerInput, ErpCustomerKey } from '../../domain/erp-customer.ts';
import type { NoCommand } from '../../platforms/commands.ts';
import type { CustomerWrite } from '../../platforms/customer-write.ts';
import type { CustomerStore } from '../../storage/customers.ts';
import type { CustomerLinkReader } from '../../storage/erp-customers.ts';
import { acceptOfErp, type ErpAcceptance, type ErpAcceptor, refusedAtOnce } from './accept-erp.ts';
import { CUSTOMER_ERASED } from './customer.ts';

/** A customer as the merchant's system wants it to be at a store. */
export interface GivenCustomer {
  readonly client: string;
  readonly key: ErpCustomerKey;
  readonly input: ErpCustomerInput;
  readonly correlationId: string;
}

export interface CustomerAcceptor extends ErpAcceptor {
  readonly links: Pick<CustomerLinkReader, 'of'>;
  readonly customers: Pick<CustomerStore, 'get'>;
  /** How the store takes customers; undefined where it is not in the configuration. */
  writeOf(key: ErpCustomerKey): Promise<CustomerWrite | NoCommand | undefined>;
}

/**
 * Keeps what a customer is to be, behind what was wanted of it before: the last one wins. The same again, while it is under way,
 * is the same.
 */
export async function acceptCustomer(
  acceptor: CustomerAcceptor,
  { client, key, input, correlationId }: GivenCustomer,
): Promise<ErpAcceptance> {
  const { links, customers } = acceptor;
  const reason = refusedAtOnce(await acceptor.writeOf(key));
  if (reason !== undefined) return { outcome: 'refused', reason };
  const linked = await links.of(key);
  if (linked !== undefined && (await customers.get(linked))?.erased !== undefined)
    return { outcome: 'refused', reason: CUSTOMER_ERASED };
  const sha256 = contentHash({ client, input });
  return acceptOfErp(acceptor, key, { client, command: CUSTOMER_COMMAND, input, sha256, correlationId });
}
