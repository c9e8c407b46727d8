import { type CommandSubject, isErpCustomer } from '../../domain/erp-customer.ts';
import type { OrderKey } from '../../domain/order-row.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { CommandTable } from '../../platforms/commands.ts';
import type { Command } from '../../storage/command-item.ts';
import type { OrderStore } from '../../storage/orders.ts';
import { type Carrier, carrierOf, withoutErased } from './carrier.ts';
import { type CustomerParts, openCustomer } from './customer.ts';

/** What commands are for, as it stands now. */
export interface Subject {
  /** The command as it may be kept: what comes while the person is being erased tells nothing of the person. */
  bare(command: Command): Command;
  /** What carries a command out, or how it ends because nothing can any more. */
  carrierOf(command: Command, now: EpochMs): Carrier | { readonly ended: Command };
}

interface Parts extends CustomerParts {
  readonly table: CommandTable;
  readonly orders: Pick<OrderStore, 'get'>;
}

/** Reads what a command is for. */
export const openSubject = (parts: Parts, key: CommandSubject): Promise<Subject> =>
  isErpCustomer(key) ? openCustomer(parts, key) : openOrder(parts, key);

async function openOrder({ orders, table }: Parts, key: OrderKey): Promise<Subject> {
  const row = await orders.get(key);
  return {
    bare: (command) => withoutErased(command, row),
    carrierOf: (command, now) => carrierOf(table, command, row, now),
  };
}
