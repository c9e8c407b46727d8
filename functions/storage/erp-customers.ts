import { type DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { CustomerKey } from '../domain/customer.ts';
import type { ErpCustomerKey } from '../domain/erp-customer.ts';
import { lazily } from '../domain/lazily.ts';
import { OwnError } from '../runtime/describe-error.ts';
import { getItem, transacted } from './dynamodb.ts';
import { customerLinkKey, erpLinkKey } from './erp-customer-keys.ts';
import { ownedBy } from './erp-links.ts';

/** Which customers of the merchant's own system are which of the platform's: one is one. */
export interface CustomerLinkReader {
  /** The platform's customer; undefined where none was found or made yet. */
  of(key: ErpCustomerKey): Promise<CustomerKey | undefined>;
  /** The customer of the merchant's system that is linked to one of the platform's. */
  to(customer: CustomerKey): Promise<ErpCustomerKey | undefined>;
}

export interface CustomerLinks extends CustomerLinkReader {
  /** Links both, again if need be. False where the platform's customer is linked to another one already. */
  link(key: ErpCustomerKey, customer: CustomerKey): Promise<boolean>;
}

const linkItem = lazily(() => z.object({ platformCustomerId: z.string() }));
const erpLinkItem = lazily(() => z.object({ externalId: z.string() }));

interface TableOptions {
  client: DynamoDBDocumentClient;
  table: string;
}

export function createCustomerLinkReader({ client, table: TableName }: TableOptions): CustomerLinkReader {
  return {
    async of(key) {
      const found = await getItem(client, TableName, customerLinkKey(key), linkItem);
      return found && { platform: key.platform, storeId: key.storeId, ...found };
    },
    async to(customer) {
      const found = await getItem(client, TableName, erpLinkKey(customer), erpLinkItem);
      return found && { platform: customer.platform, storeId: customer.storeId, ...found };
    },
  };
}

/** Of transactions that meet at one customer, all may be told to come again. */
const MAX_CONFLICTS = 8;

export function createCustomerLinks({ client, table: TableName }: TableOptions): CustomerLinks {
  const reader = createCustomerLinkReader({ client, table: TableName });
  const linked = (key: ErpCustomerKey, customer: CustomerKey): Promise<boolean> =>
    transacted(
      client.send(
        new TransactWriteCommand({
          TransactItems: [
            {
              Update: {
                TableName,
                Key: customerLinkKey(key),
                UpdateExpression: 'SET platformCustomerId = :id',
                ExpressionAttributeValues: { ':id': customer.platformCustomerId },
              },
            },
            ownedBy(TableName, erpLinkKey(customer), key.externalId),
          ],
        }),
      ),
    );
  return {
    ...reader,
    async link(key, customer) {
      for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
        if (await linked(key, customer)) return true;
        const owner = await reader.to(customer);
        if (owner !== undefined && owner.externalId !== key.externalId) return false;
      }
      throw new OwnError(`${erpLinkKey(customer).pk}: gave up its link after ${MAX_CONFLICTS} conflicts`);
    },
  };
}
