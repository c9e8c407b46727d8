import { type TableInput, Tables, type TransactedWrite, type WriteWatcher } from '../../chaos/aws/tables.ts';
import { itemBytes } from '../../functions/storage/dynamodb.ts';
import { CHANGES_INDEX, REVIEW_INDEX, WORK_INDEX } from '../../functions/storage/keys.ts';

type Attributes = NonNullable<TableInput['Item']>;

const KB = 1024;
const INDEXES = [CHANGES_INDEX, REVIEW_INDEX, WORK_INDEX];
const bytesOf = (item: object | undefined): number => (item === undefined ? 0 : itemBytes(item));

/** Tables in memory that count what DynamoDB bills: units of 1 KB written, of 4 KB read, twice in a transaction. */
export class CountedTables extends Tables {
  readonly units = { write: 0, read: 0 };
  private times = 1;

  constructor(options: { now: () => number; onWrite: WriteWatcher }) {
    const wrote = (before: Attributes | undefined, after: Attributes | undefined) => {
      const own = Math.max(1, Math.ceil(Math.max(bytesOf(before), bytesOf(after)) / KB));
      this.units.write += this.times * own + indexWrites(before, after);
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
    this.times = 2;
    try {
      super.transact(writes);
    } finally {
      this.times = 1;
    }
  }

  private read(bytes: number, consistent: boolean): void {
    this.units.read += Math.max(1, Math.ceil(bytes / (4 * KB))) * (consistent ? 1 : 0.5);
  }
}

/** An entry of an index that goes, and one that comes, is a write each. */
const indexWrites = (before: Attributes | undefined, after: Attributes | undefined): number =>
  INDEXES.map(({ partition, sort }) => {
    const [was, is] = [before, after].map((item) =>
      item?.[partition] === undefined ? undefined : JSON.stringify([item[partition], item[sort]]),
    );
    if (was === is) return 0;
    return (was === undefined ? 0 : 1) + (is === undefined ? 0 : 1);
  }).reduce((sum, one) => sum + one, 0);
