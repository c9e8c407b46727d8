import { type CommandSubject, isErpCustomer } from '../../domain/erp-customer.ts';
import type { OrderKey } from '../../domain/order-row.ts';
import type { CommandTable } from '../../platforms/commands.ts';
import type { OrderStore } from '../../storage/orders.ts';
import { carrierOf, type Subject, withoutErased } from './carrier.ts';
import { type CustomerParts, openCustomer } from './customer.ts';

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
