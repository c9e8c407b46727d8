import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { CustomerKey } from '../domain/customer.ts';
import { type CustomerRow, customerRowSchema } from '../domain/customer-row.ts';
import { CUSTOMER_KIND, customerReviewKey, customerRowKey, customerStoreKey } from './customer-keys.ts';
import { createMirrorRows, type MirrorRows } from './mirror-rows.ts';

export type CustomerStore = MirrorRows<CustomerKey, CustomerRow>;

export const createCustomerStore = (client: DynamoDBDocumentClient, table: string): CustomerStore =>
  createMirrorRows<CustomerKey, CustomerRow>(client, table, {
    resource: CUSTOMER_KIND,
    rowKey: customerRowKey,
    storeKey: customerStoreKey,
    reviewKey: customerReviewKey,
    schema: customerRowSchema,
  });
