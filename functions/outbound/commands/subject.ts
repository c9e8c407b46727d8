import { type CommandSubject, isErpCustomer, isErpProduct } from '../../domain/command-subject.ts';
import type { OrderKey } from '../../domain/order-row.ts';
import type { CommandTable } from '../../platforms/commands.ts';
import type { ProductNotes } from '../../platforms/product-write.ts';
import type { OrderStore } from '../../storage/orders.ts';
import { carrierOf, type Subject, withoutErased } from './carrier.ts';
import { type CustomerParts, openCustomer } from './customer.ts';
import { openProduct, type ProductParts } from './product.ts';

interface Parts extends CustomerParts, ProductParts {
  readonly table: CommandTable;
  readonly orders: Pick<OrderStore, 'get'>;
}

/** Reads what a command is for. @param notes what the run has read of a product */
export function openSubject(parts: Parts, key: CommandSubject, notes: ProductNotes): Promise<Subject> {
  if (isErpCustomer(key)) return openCustomer(parts, key);
  return isErpProduct(key) ? openProduct(parts, key, notes) : openOrder(parts, key);
}

async function openOrder({ orders, table }: Parts, key: OrderKey): Promise<Subject> {
  const row = await orders.get(key);
  return {
    bare: (command) => withoutErased(command, row),
    carrierOf: (command, now) => carrierOf(table, command, row, now),
  };
}
