import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { localTables } from '../support/local-tables.ts';

type Shapes = Record<string, Record<string, string>>;
const nameOf = ({ pk, sk }: Record<string, unknown>) => `${pk} ${sk}`;
const typeOf = (value: unknown): string =>
  Array.isArray(value) ? 'list' : value instanceof Uint8Array ? 'bytes' : typeof value;

export const [text, number, object, list, bytes] = ['string', 'number', 'object', 'list', 'bytes'];
export const flag = 'boolean';

/** Tells of the items that some work adds to a table: their keys, and the types of their attributes. */
export function shapesIn(tables: Pick<ReturnType<typeof localTables>, 'client' | 'table'>) {
  const items = async (): Promise<Record<string, unknown>[]> =>
    (await tables.client.send(new ScanCommand({ TableName: tables.table }))).Items ?? [];

  return async (work: () => Promise<unknown>): Promise<Shapes> => {
    const before = new Set((await items()).map(nameOf));
    await work();
    const added = (await items()).filter((item) => !before.has(nameOf(item)));
    return Object.fromEntries(
      added.map((item) => {
        const attributes = Object.entries(item).filter(([name]) => name !== 'pk' && name !== 'sk');
        return [
          nameOf(item),
          Object.fromEntries(attributes.sort().map(([name, one]) => [name, typeOf(one)])),
        ];
      }),
    );
  };
}
