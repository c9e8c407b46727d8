import { contentHash } from '../../domain/canonical-json.ts';
import { CUSTOMER_COMMAND } from '../../domain/command.ts';
import type { ErpCustomerInput, ErpCustomerKey } from '../../domain/erp-customer.ts';
import type { NoCommand } from '../../platforms/commands.ts';
import type { CustomerWrite } from '../../platforms/customer-write.ts';
import { type Found, unfinished } from '../../storage/command-item.ts';
import type { CommandStore } from '../../storage/commands.ts';
import type { CustomerStore } from '../../storage/customers.ts';
import type { CustomerLinkReader } from '../../storage/erp-customers.ts';
import { type Acceptor, announce, USUAL_TERM_MS } from './accept.ts';
import { CUSTOMER_ERASED } from './customer.ts';

/** A customer as the merchant's system wants it to be at a store. */
export interface GivenCustomer {
  readonly client: string;
  readonly key: ErpCustomerKey;
  readonly input: ErpCustomerInput;
  readonly correlationId: string;
}

const NOT_CONFIGURED = 'The store is not in the configuration any more: nobody calls its platform.';

/** What became of it. Of what is not accepted nothing is stored. */
export type CustomerAcceptance =
  | (Found & { readonly outcome: 'accepted' | 'known' })
  | { readonly outcome: 'refused'; readonly reason: string };

export interface CustomerAcceptor extends Pick<Acceptor, 'hint' | 'clock' | 'log'> {
  readonly commands: Pick<CommandStore, 'accept' | 'ofOrder'>;
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
): Promise<CustomerAcceptance> {
  const { commands, links, customers, clock } = acceptor;
  const write = await acceptor.writeOf(key);
  if (write === undefined) return { outcome: 'refused', reason: NOT_CONFIGURED };
  if ('refused' in write) return { outcome: 'refused', reason: write.refused };
  const linked = await links.of(key);
  if (linked !== undefined && (await customers.get(linked))?.erased !== undefined)
    return { outcome: 'refused', reason: CUSTOMER_ERASED };
  const sha256 = contentHash({ client, input });
  const last = unfinished(await commands.ofOrder(key)).at(-1);
  if (last?.sha256 === sha256) {
    await announce(acceptor, key);
    return { outcome: 'known', key, command: last };
  }
  const kept = await commands.accept(key, {
    client,
    id: `${CUSTOMER_COMMAND}~${correlationId}`,
    command: CUSTOMER_COMMAND,
    input: { ...input },
    sha256,
    giveUpAt: clock.now() + USUAL_TERM_MS,
    correlationId,
  });
  await announce(acceptor, key);
  return { outcome: 'accepted', key: kept.key, command: kept.command };
}
