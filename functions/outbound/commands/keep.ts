import { isErpCustomer, isOrder } from '../../domain/command-subject.ts';
import { type Command, withoutPerson, withoutUse } from '../../storage/command-item.ts';
import type { CommandLease, CommandLeases } from '../../storage/command-leases.ts';
import type { CommandStore } from '../../storage/commands.ts';
import type { OrderStore } from '../../storage/orders.ts';

/** What commands are written with. */
export interface Keeping {
  readonly commands: Pick<CommandStore, 'ofOrder' | 'erase'>;
  readonly leases: CommandLeases;
  readonly orders: Pick<OrderStore, 'get'>;
}

/**
 * Writes how a command stands. What the platform says in its own words may quote a person, and an order whose person was
 * erased keeps none of it, also when that happens at the same moment. Of a customer none of it is ever kept.
 */
export async function keep(
  { commands, leases, orders }: Keeping,
  lease: CommandLease,
  command: Command,
): Promise<boolean> {
  const { key } = lease;
  if (command.platformSays === undefined) return write(leases, lease, withoutUse(command));
  const { platformSays: _, ...without } = command;
  if (isErpCustomer(key)) return write(leases, lease, withoutUse(without));
  if (!isOrder(key)) return leases.write(lease, command);
  const isErased = async () => (await orders.get(key))?.erased !== undefined;
  if (await isErased()) return write(leases, lease, without);
  if (!(await write(leases, lease, command))) return false;
  if (await isErased()) await commands.erase(key);
  return true;
}

/**
 * Writes a command; one that was erased since it was read without what may tell of a person. So what its call came to is
 * known, and no person is asked about it. False when the lease is another's by now.
 */
async function write(
  leases: Pick<CommandLeases, 'write'>,
  lease: CommandLease,
  command: Command,
): Promise<boolean> {
  if (await leases.write(lease, command)) return true;
  const bare = command.erased ? undefined : withoutPerson(command);
  return bare !== undefined && leases.write(lease, bare);
}
