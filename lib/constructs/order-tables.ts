import { RemovalPolicy } from 'aws-cdk-lib';
import {
  type Attribute,
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { CHANGES_INDEX, REVIEW_INDEX, TABLE_KEYS, WORK_INDEX } from '../../functions/storage/keys.ts';

const text = (name: string): Attribute => ({ name, type: AttributeType.STRING });

/**
 * What both tables hold to. The key is the one AWS manages for DynamoDB in this account: its use shows in CloudTrail and
 * it has no monthly price. A key of our own costs one dollar a month and a grant for every reader, and would only add
 * the power to lock ourselves out of the orders.
 */
const KEPT = {
  partitionKey: text(TABLE_KEYS.partition),
  sortKey: text(TABLE_KEYS.sort),
  timeToLiveAttribute: TABLE_KEYS.expiry,
  billingMode: BillingMode.PAY_PER_REQUEST,
  encryption: TableEncryption.AWS_MANAGED,
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
  removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
} as const;

/** Of a table that is being created: AWS could not take a protected one back, should the rest of the stack fail. */
export interface Protection {
  readonly deletionProtection: boolean;
}

/** The indexes of the orders table. */
export const ORDER_INDEXES = [REVIEW_INDEX, CHANGES_INDEX, WORK_INDEX];

/** Orders and the platforms' own bytes they were made from, with the stream that announces every change. */
export class OrdersTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, protection: Protection) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      ...KEPT,
      ...protection,
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
    });
    // Keys only: an index that copied orders would double their cost and be one more place with personal data to erase.
    for (const index of ORDER_INDEXES) {
      this.table.addGlobalSecondaryIndex({
        indexName: index.name,
        partitionKey: text(index.partition),
        sortKey: text(index.sort),
        projectionType: ProjectionType.KEYS_ONLY,
      });
    }
  }
}

/** What the functions remember between calls: buckets, leases, circuits, chunks of large payloads. */
export class ControlTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, protection: Protection) {
    super(scope, id);
    this.table = new Table(this, 'Table', { ...KEPT, ...protection });
  }
}
