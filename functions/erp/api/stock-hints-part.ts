import type { AwsOptions } from '../../runtime/aws-clients.ts';
import { sqsClient } from '../../runtime/sqs-client.ts';
import { createStockHints, type StockHints } from '../../runtime/stock-hints.ts';

/** What tells of stock, in a file of its own beside the API: most requests need no client of queues. */
export interface StockHintsPart {
  createHints(options: AwsOptions, urls: Readonly<Record<string, string>>): StockHints;
}

export const createHints: StockHintsPart['createHints'] = (options, urls) =>
  createStockHints(sqsClient(options), urls);
