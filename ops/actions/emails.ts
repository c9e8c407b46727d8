import type { CustomerKey } from '../../functions/domain/customer.ts';
import { CUSTOMER } from '../../functions/domain/customer-row.ts';
import { emailOf } from '../../functions/domain/email.ts';
import type { OrderKey } from '../../functions/domain/order-row.ts';
import { mapConcurrent } from '../../functions/pipeline/map-concurrent.ts';
import type { EmailOwner } from '../../functions/storage/email-keys.ts';
import { changedPages } from '../../functions/storage/row-index.ts';
import type { OperatorContext } from '../context.ts';

/** How many have an address, and are found by it. */
export interface Rebuilt {
  orders: number;
  customers: number;
}

type Tables = Pick<
  OperatorContext,
  'stores' | 'channelOf' | 'index' | 'customerIndex' | 'ordersOf' | 'customers' | 'emails' | 'audited'
>;

/** Called after each page of a store. @param rows of its orders, or of its customers, that were looked at */
export type RebuildProgress = (store: string, rows: number) => void;

/** Rows that are noted at the same time. */
const AT_ONCE = 8;

/**
 * Notes again by which hash every order and customer is found, by the key as it is now. What was noted of them by another key is
 * deleted; a person who is erased meanwhile is not noted. Breaking it off and doing it again is harmless.
 *
 * @param dryRun counts them only, and neither reads the key nor writes
 */
export async function rebuildEmails(
  context: Tables,
  { dryRun, progress = () => {} }: { dryRun: boolean; progress?: RebuildProgress },
): Promise<Rebuilt> {
  if (dryRun) return noteAll(context, async () => {}, progress);
  const { emails } = context;
  let done: Rebuilt = { orders: 0, customers: 0 };
  await context.audited('emails rebuild', {}, async () => {
    done = await noteAll(
      context,
      async (owner, email) => {
        await emails.note(owner, await emails.hashOf(email));
      },
      progress,
    );
    return { ...done };
  });
  return done;
}

async function noteAll(
  { stores, channelOf, index, customerIndex, ordersOf, customers }: Tables,
  note: (owner: EmailOwner, email: string) => Promise<void>,
  progress: RebuildProgress,
): Promise<Rebuilt> {
  const count: Rebuilt = { orders: 0, customers: 0 };
  const noted = async (owner: EmailOwner, row: unknown, kind: keyof Rebuilt) => {
    const email = emailOf(row);
    if (email === undefined) return;
    await note(owner, email);
    count[kind] += 1;
  };
  for (const { platform, storeId } of stores) {
    const store = { platform, storeId };
    let rowsSeen = 0;
    const seen = (keys: readonly unknown[]) => {
      rowsSeen += keys.length;
      progress(`${platform}:${storeId}`, rowsSeen);
    };
    for await (const keys of changedPages<OrderKey>(index, store)) {
      const rows = await ordersOf(keys);
      await mapConcurrent(AT_ONCE, [...keys.entries()], ([at, { platformOrderId: id }]) =>
        noted({ ...store, resource: 'order', id }, rows[at], 'orders'),
      );
      seen(keys);
    }
    if (channelOf(platform).platform.resources.customer === undefined) continue;
    for await (const keys of changedPages<CustomerKey>(customerIndex, store)) {
      await mapConcurrent(AT_ONCE, keys, async (key) =>
        noted(
          { ...store, resource: 'customer', id: CUSTOMER.idOf(key) },
          await customers.get(key),
          'customers',
        ),
      );
      seen(keys);
    }
  }
  return count;
}
