import { type CommandSubject, type ErpSubject, isOrder, ofErp } from '../domain/command-subject.ts';
import { ERP_CUSTOMER } from '../domain/erp-customer.ts';
import { ERP_PRODUCT } from '../domain/erp-product.ts';
import type { PlatformName } from '../domain/order.ts';
import { type ItemKey, keyOfPk, orderPk, partsOfPk, storeKey } from './keys.ts';

/** Partition of what the merchant's own system has: its link, and the commands that write it to the platform. */
export function erpPk(subject: ErpSubject): string {
  const { resource, id } = ofErp(subject);
  return `${storeKey(subject, resource)}#${id}`;
}

/** Partition of what a command is for. */
export const subjectPk = (subject: CommandSubject): string =>
  isOrder(subject) ? orderPk(subject) : erpPk(subject);

/** What a partition of commands is of. @throws Error when it has none */
export function subjectOfPk(pk: string): CommandSubject {
  const erp = [ERP_CUSTOMER, ERP_PRODUCT].find(({ resource }) => resource === pk.split('#')[2]);
  return erp === undefined ? keyOfPk(pk) : erp.keyOf(partsOfPk(pk, erp.resource));
}

/** Where the sort keys of an order's commands begin. */
export const COMMAND_PREFIX = 'command#';
/** Behind the last one that there can be. */
export const COMMAND_END = `${COMMAND_PREFIX}~`;

/**
 * What an order's commands have in common: the number of the next one, the lease on the order, when there is work. Written
 * by the API and by whoever runs commands; read by them and by the sweep. Stays for good.
 */
export const commandsHeadKey = (key: CommandSubject): ItemKey => ({ pk: subjectPk(key), sk: 'commands' });

/**
 * One command for an order, or a customer or a product of the merchant's system. Written by the API, then by whoever runs it; read by both
 * and by the operator. Stays for good; those of customers and products expire two months after their end.
 *
 * @param n its number among the order's commands, from 1
 */
export const commandKey = (key: CommandSubject, n: number): ItemKey => ({
  pk: subjectPk(key),
  sk: `${COMMAND_PREFIX}${String(n).padStart(6, '0')}`,
});

/** The number of the command that a sort key names; undefined when it names none. */
export function numberOfCommandSk(sk: string): number | undefined {
  const [, digits] = /^command#(\d{6,})$/.exec(sk) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

const COMMAND_ID = 'command-id';

/** Partition of the commands that a client gave. */
export const commandIdPk = (client: string): string => `${COMMAND_ID}#${client}`;

/** Partitions of the ids of every client, as a pattern (`*` is any text). */
export const COMMAND_ID_PARTITIONS = `${COMMAND_ID}#*`;

/**
 * Which command a client's id names. Written with the command and never again; read by the API. Stays for good; those of
 * commands for customers and products expire before the command.
 */
export const commandIdKey = (client: string, id: string): ItemKey => ({ pk: commandIdPk(client), sk: id });

/** What the index of unfinished work holds of commands: orders with some under way, and commands that wait for a person. */
export type CommandWork = 'under-way' | 'in-doubt' | 'failed';

/** Partition of the index of unfinished work. */
export const commandWork = (platform: PlatformName, work: CommandWork): string =>
  `command-${work}#${platform}`;
