import { DeleteCommand, PutCommand, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../chaos/aws/expression.ts';
import { Tables } from '../../chaos/aws/tables.ts';
import { CHANGES_INDEX } from '../../functions/storage/keys.ts';
import { localTables } from '../support/local-tables.ts';

const SORT_KEYS = ['a', 'a#1', 'a#2', 'ab', 'b', 'b#1', 'c'];
const sortKey = fc.constantFrom(...SORT_KEYS);
/** An item, where in the index it lies if anywhere, and whether it is deleted in the end. */
const write = fc.record({ sk: sortKey, changed: fc.option(sortKey), stays: fc.boolean() });
const RANGES = ['', '= :x', '< :x', '<= :x', '> :x', '>= :x', 'BETWEEN :x AND :y', 'begins_with'];

const conditionOf = (partition: string, sort: string, range: string): string => {
  if (range === '') return `${partition} = :p`;
  return `${partition} = :p AND ${range === 'begins_with' ? `begins_with(${sort}, :x)` : `${sort} ${range}`}`;
};

describe("the simulated table's queries", () => {
  const local = localTables();
  let partitions = 0;

  it('find what dynalite finds, page after page, in both directions', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(write, { maxLength: 12 }),
        fc.constantFrom(...RANGES),
        fc.tuple(sortKey, sortKey),
        fc.record({ ofIndex: fc.boolean(), forward: fc.boolean(), limit: fc.integer({ min: 1, max: 4 }) }),
        async (writes, range, bounds, { ofIndex, forward, limit }) => {
          partitions += 1;
          const [x, y] = [...bounds].sort();
          const pk = `p${partitions}`;
          const { client, table } = local;
          const tables = new Tables({ now: () => 0, onWrite: () => {} });
          for (const { sk, changed, stays } of writes) {
            // Of two in one place of the index the service promises no order.
            const place = changed === null ? {} : { changedAt: `${changed}${sk}`, storeKey: pk };
            const put = { TableName: table, Item: { pk, sk, ...place } };
            const gone = { TableName: table, Key: { pk, sk } };
            tables.put(put);
            await client.send(new PutCommand(put));
            if (stays) continue;
            tables.delete(gone);
            await client.send(new DeleteCommand(gone));
          }
          const [partition, sort] = ofIndex ? [CHANGES_INDEX.partition, CHANGES_INDEX.sort] : ['pk', 'sk'];
          const input = {
            TableName: table,
            ...(ofIndex ? { IndexName: CHANGES_INDEX.name } : {}),
            KeyConditionExpression: conditionOf(partition, sort, range),
            ExpressionAttributeValues: {
              ':p': pk,
              ...(range === '' ? {} : { ':x': x }),
              ...(range.includes(':y') ? { ':y': y } : {}),
            },
            ScanIndexForward: forward,
            Limit: limit,
          };

          const found = await pagesOf(input, async (page) => tables.query(page));
          const expected = await pagesOf(input, (page) => client.send(new QueryCommand(page)));

          expect(found).toEqual(expected);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('go on behind an item that was deleted since', () => {
    const tables = new Tables({ now: () => 0, onWrite: () => {} });
    const TableName = 'table';
    for (const sk of ['a', 'b', 'c']) tables.put({ TableName, Item: { pk: 'p', sk } });
    const query = {
      TableName,
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: { ':p': 'p' },
      Limit: 2,
    };
    const { LastEvaluatedKey } = tables.query(query);
    tables.delete({ TableName, Key: { pk: 'p', sk: 'b' } });

    const next = tables.query({ ...query, ExclusiveStartKey: LastEvaluatedKey });

    expect(next.Items.map(({ sk }) => sk)).toEqual(['c']);
  });

  it('are refused without a partition', () => {
    const tables = new Tables({ now: () => 0, onWrite: () => {} });

    const query = () =>
      tables.query({
        TableName: 'table',
        KeyConditionExpression: 'sk = :x',
        ExpressionAttributeValues: { ':x': 'a' },
      });

    expect(query).toThrow('missed key schema element');
  });
});

/** The sort keys of all items that a query finds, in its order. */
async function pagesOf(
  input: QueryCommandInput,
  ask: (
    input: QueryCommandInput,
  ) => Promise<{ Items?: Attributes[] | undefined; LastEvaluatedKey?: Attributes | undefined }>,
): Promise<unknown[]> {
  const found: unknown[] = [];
  let after: Attributes | undefined;
  do {
    const page = await ask({ ...input, ...(after === undefined ? {} : { ExclusiveStartKey: after }) });
    found.push(...(page.Items ?? []).map(({ sk }) => sk));
    after = page.LastEvaluatedKey;
  } while (after !== undefined);
  return found;
}
