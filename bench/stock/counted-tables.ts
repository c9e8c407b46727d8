import { noted } from '../../chaos/aws/items.ts';
import { type TableInput, Tables, type TransactedWrite, type WriteWatcher } from '../../chaos/aws/tables.ts';
import { itemBytes } from '../../functions/storage/dynamodb.ts';
import { CHANGES_INDEX, REVIEW_INDEX, TABLE_KEYS, WORK_INDEX } from '../../functions/storage/keys.ts';
import { countedIndexes, indexUnits, TRANSACTED, writeUnits } from '../../local/cloud/dynamodb/capacity.ts';

type Attributes = NonNullable<TableInput['Item']>;

const READ_UNIT_BYTES = 4096;
const keys = (partition: string, sort: string) => [
  { AttributeName: partition, KeyType: 'HASH' as const },
  { AttributeName: sort, KeyType: 'RANGE' as const },
];
/** Those of the orders table. No item of another has their keys. */
const INDEXES = countedIndexes({
  KeySchema: keys(TABLE_KEYS.partition, TABLE_KEYS.sort),
  GlobalSecondaryIndexes: [CHANGES_INDEX, REVIEW_INDEX, WORK_INDEX].map(({ name, partition, sort }) => ({
    IndexName: name,
    KeySchema: keys(partition, sort),
    Projection: { ProjectionType: 'KEYS_ONLY' as const },
  })),
});
const bytesOf = (item: object | undefined): number => (item === undefined ? 0 : itemBytes(item));

/** Tables in memory that count what DynamoDB bills: units of 1 KB written, of 4 KB read, twice in a transaction. */
export class CountedTables extends Tables {
  readonly units = { write: 0, read: 0 };
  private times = 1;

  constructor(options: { now: () => number; onWrite: WriteWatcher }) {
    const wrote = (before: Attributes | undefined, after: Attributes | undefined) => {
      const [was, is] = [before, after].map((item) => (item === undefined ? undefined : noted(item)));
      const entries = Object.values(indexUnits(INDEXES, was, is));
      this.units.write += this.times * writeUnits(was, is) + entries.reduce((sum, one) => sum + one, 0);
    };
    super({
      now: options.now,
      onWrite(table, before, after) {
        wrote(before, after);
        options.onWrite(table, before, after);
      },
    });
  }

  override get(input: TableInput) {
    const answer = super.get(input);
    this.read(bytesOf(answer.Item), true);
    return answer;
  }

  override query(input: TableInput) {
    const answer = super.query(input);
    const bytes = answer.Items.reduce((sum, item) => sum + bytesOf(item), 0);
    this.read(bytes, input.IndexName === undefined);
    return answer;
  }

  override transact(writes: readonly TransactedWrite[]): void {
    this.times = TRANSACTED;
    try {
      super.transact(writes);
      for (const { ConditionCheck } of writes)
        if (ConditionCheck !== undefined) this.units.write += TRANSACTED * this.unitsOf(ConditionCheck);
    } finally {
      this.times = 1;
    }
  }

  private unitsOf(input: TableInput): number {
    const { Item } = super.get(input);
    return writeUnits(Item && noted(Item));
  }

  private read(bytes: number, consistent: boolean): void {
    this.units.read += Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES)) * (consistent ? 1 : 0.5);
  }
}
