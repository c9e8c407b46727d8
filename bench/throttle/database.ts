import type { BucketRow, BucketStore } from '../../functions/rate-limit/store.ts';
import { createMemoryStore } from '../../functions/rate-limit/store.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface DatabaseCounts {
  writeUnits: number;
  refused: number;
  readUnits: number;
}

interface Attribute {
  S?: string;
  N?: string;
}
type Item = Record<string, Attribute>;

/** The requests that rate-limiter-flexible makes of the AWS client it is given. */
interface ItemRequest {
  Key: { key: Attribute };
  UpdateExpression: string;
  ConditionExpression?: string;
  ExpressionAttributeValues: Item;
}

/** A table on the virtual clock: atomic updates, the time they take, and what they cost. A refused write costs a unit too. */
export interface Database {
  store: BucketStore;
  read(key: string): Promise<BucketRow>;
  client: {
    updateItem(request: ItemRequest): Promise<{ Attributes: Item }>;
    getItem(request: { Key: { key: Attribute } }): Promise<{ Item?: Item }>;
  };
  counts: DatabaseCounts;
}

/** What the AWS client throws once it has tried often enough. */
export class TableFault extends Error {}

export function createDatabase(
  time: VirtualTime,
  random: Random,
  latencyMs: number,
  faults: { lost: number; throttled: number } = { lost: 0, throttled: 0 },
): Database {
  const rows = new Map<string, BucketRow>();
  const memory = createMemoryStore(rows);
  const items = new Map<string, Item>();
  const counts: DatabaseCounts = { writeUnits: 0, refused: 0, readUnits: 0 };
  const way = () => time.sleep(latencyMs * (0.25 + random.exponential(0.25)));

  return {
    counts,
    store: {
      async update(key, change) {
        await way();
        if (faults.throttled > 0 && random.next() < faults.throttled) throw new TableFault('throttled');
        counts.writeUnits++;
        const outcome = await memory.update(key, change);
        if (!outcome.applied) counts.refused++;
        await way();
        if (faults.lost > 0 && random.next() < faults.lost) throw new TableFault('lost');
        return outcome;
      },
    },
    async read(key) {
      await way();
      counts.readUnits++;
      const row = { ...rows.get(key) };
      await way();
      return row;
    },
    client: {
      async updateItem(request) {
        await way();
        counts.writeUnits++;
        const key = request.Key.key.S ?? '';
        const item = items.get(key) ?? {};
        const holds = condition(request.ConditionExpression, item, request.ExpressionAttributeValues);
        const after = holds
          ? assign(request.UpdateExpression, item, request.ExpressionAttributeValues)
          : undefined;
        if (after) items.set(key, { ...after, key: { S: key } });
        else counts.refused++;
        const answer = { Attributes: { ...items.get(key) } };
        await way();
        if (!after)
          throw Object.assign(new Error('The conditional request failed'), {
            name: 'ConditionalCheckFailedException',
          });
        return answer;
      },
      async getItem(request) {
        await way();
        counts.readUnits++;
        const item = items.get(request.Key.key.S ?? '');
        await way();
        return item ? { Item: { ...item } } : {};
      },
    },
  };
}

const operand = (text: string, item: Item, values: Item) =>
  Number((text.startsWith(':') ? values[text] : item[text])?.N ?? Number.NaN);

/** `SET a = :b, c = c + :d`, which is all that library writes. */
function assign(expression: string, item: Item, values: Item): Item {
  const after = { ...item };
  for (const clause of expression.replace(/^SET /, '').split(', ')) {
    const [field = '', right = ''] = clause.split(' = ');
    const sum = right.split(' + ').reduce((total, text) => total + operand(text, item, values), 0);
    after[field] = { N: String(sum) };
  }
  return after;
}

/** `a <= :b OR attribute_not_exists(c)`, which is all that library asks. */
function condition(expression: string | undefined, item: Item, values: Item): boolean {
  if (expression === undefined) return true;
  return expression.split(' OR ').some((term) => {
    const missing = /^attribute_not_exists\((\w+)\)$/.exec(term);
    if (missing) return item[missing[1] ?? ''] === undefined;
    const [left = '', sign, right = ''] = term.split(' ');
    const [a, b] = [operand(left, item, values), operand(right, item, values)];
    return sign === '<=' ? a <= b : a > b;
  });
}
