import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type Merchant, merchantFile, readMerchant } from '../config/merchant.ts';
import { createDeadLetters, type DeadLetters } from '../functions/pipeline/replay/dead-letters.ts';
import type { Replayer } from '../functions/pipeline/replay/replay.ts';
import type { KnownStore } from '../functions/pipeline/replay/select.ts';
import { PLATFORMS, type Platform } from '../functions/platforms/names.ts';
import { systemClock } from '../functions/runtime/clock.ts';
import { createQueue } from '../functions/runtime/queue.ts';
import { createAuditTrail, type NewEntry } from '../functions/storage/audit-trail.ts';
import { createOrderIndex } from '../functions/storage/order-index.ts';
import { createOrderStore } from '../functions/storage/orders.ts';
import { createPrivacyReports, type PrivacyReports } from '../functions/storage/privacy-reports.ts';
import { createRawStore } from '../functions/storage/raw-bytes.ts';
import { OperatorError } from './operator-error.ts';
import { readOutputs } from './outputs.ts';
import { singleFetch } from './single-fetch.ts';

/** The options that every command has. */
export interface OperatorOptions {
  merchant: string;
  merchantFile?: string;
  outputs: string;
  as?: string;
  json: boolean;
}

/** Everything an operator's command works with: the merchant's tables and queues, by the operator's own credentials. */
export function openContext(options: OperatorOptions) {
  const merchant = readMerchant(options.merchantFile ?? merchantFile(options.merchant));
  const outputs = readOutputs(options.outputs, merchant.name);
  const region = { region: merchant.region };
  const base = new DynamoDBClient(region);
  const client = DynamoDBDocumentClient.from(base, { marshallOptions: { removeUndefinedValues: true } });
  const sqs = new SQSClient(region);
  const clock = systemClock;
  const table = outputs('OrdersTableName');
  const control = { client, table: outputs('ControlTableName'), clock };
  const stores = storesOf(merchant);
  const orders = createOrderStore(client, table);
  const replayer: Replayer = {
    settings: merchant.platforms,
    orders,
    raws: createRawStore({ client, table, days: merchant.rawDays, now: () => clock.now() }),
    clock,
    // What a command does, it says; alarms are for what nobody watches.
    metrics: { add: () => {} },
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  };
  const trail = createAuditTrail(control);
  const who = options.as ?? `${userInfo().username}@${hostname()}`;
  return {
    ...replayer,
    merchant,
    stores,
    index: createOrderIndex(client, table),
    trail,
    /** Runs work that changes something under an entry of the audit trail. */
    audited: <T extends NewEntry['details']>(
      what: string,
      details: NewEntry['details'],
      work: (correlationId: string) => Promise<T>,
    ): Promise<T> => {
      const id = `ops-${randomUUID()}`;
      return trail.during({ id, who, what, details }, () => work(id));
    },
    queueOf: (platform: Platform) =>
      createQueue(sqs, outputs(`${capital(known(merchant, platform))}IntakeQueueUrl`)),
    fetchOf: (platform: 'pedidosya' | 'imotriz') =>
      singleFetch({ merchant, client, controlTable: control.table, outputs, clock }, platform),
    deadLettersOf: (platform: Platform): DeadLetters => {
      const name = capital(known(merchant, platform));
      return createDeadLetters({
        client: sqs,
        from: outputs(`${name}DeadLettersUrl`),
        to: outputs(`${name}IntakeQueueUrl`),
        clock,
      });
    },
    reportsOf: ({ platform, storeId }: KnownStore): PrivacyReports =>
      createPrivacyReports({ ...control, platform, storeId }),
    close: () => {
      base.destroy();
      sqs.destroy();
    },
  };
}

export type OperatorContext = ReturnType<typeof openContext>;

function storesOf({ platforms: { nuvemshop, pedidosya, imotriz } }: Merchant): KnownStore[] {
  return [
    ...(nuvemshop ? [{ platform: 'nuvemshop', storeId: nuvemshop.storeId } as const] : []),
    ...(pedidosya ? [{ platform: 'pedidosya', storeId: pedidosya.chainId } as const] : []),
    ...(imotriz ? [{ platform: 'imotriz', storeId: imotriz.storeId } as const] : []),
  ];
}

function known(merchant: Merchant, platform: Platform): Platform {
  if (merchant.platforms[platform] !== undefined) return platform;
  const has = PLATFORMS.filter((one) => merchant.platforms[one] !== undefined);
  throw new OperatorError(`merchant ${merchant.name} has no ${platform} (it has: ${has.join(', ')}).`);
}

const capital = (platform: Platform): string => platform.charAt(0).toUpperCase() + platform.slice(1);
