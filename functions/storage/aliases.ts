import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { ALIAS_KINDS, type Alias, type AliasKind, aliasText } from '../domain/alias.ts';
import { lazily } from '../domain/lazily.ts';
import type { OrderKey } from '../domain/order-row.ts';
import { aliasKey, aliasPk, partsOfAliasSk } from './alias-keys.ts';
import { inPartition } from './dynamodb.ts';
import { keyOfPk } from './keys.ts';

/** An order that is called by a text, and as what. */
export interface AliasMatch {
  readonly key: OrderKey;
  readonly by: AliasKind;
}

/** By what texts orders are found. */
export interface Aliases {
  /** Both may be done again without effect. */
  add(alias: Alias, order: OrderKey): Promise<void>;
  remove(alias: Alias, order: OrderKey): Promise<void>;
  /** The orders that are called so, in one read. `complete`: there are no more than these. */
  find(text: string, limit: number): Promise<{ matches: AliasMatch[]; complete: boolean }>;
}

const aliasItem = lazily(() => z.object({ sk: z.string() }));

export function createAliases(client: DynamoDBDocumentClient, TableName: string): Aliases {
  return {
    async add(alias, order) {
      await client.send(new PutCommand({ TableName, Item: aliasKey(alias, order) }));
    },
    async remove(alias, order) {
      await client.send(new DeleteCommand({ TableName, Key: aliasKey(alias, order) }));
    },
    async find(text, limit) {
      const wanted = aliasText(text);
      if (wanted === '') return { matches: [], complete: true };
      const page = await client.send(
        new QueryCommand({ ...inPartition(TableName, aliasPk(wanted)), Limit: limit }),
      );
      const matches = (page.Items ?? []).map((item) => matchOf(aliasItem().parse(item).sk));
      return {
        matches: matches.filter((match) => match !== undefined),
        complete: page.LastEvaluatedKey === undefined,
      };
    },
  };
}

/** Undefined for what a later release wrote. */
function matchOf(sk: string): AliasMatch | undefined {
  const { kind, pk } = partsOfAliasSk(sk);
  const by = ALIAS_KINDS.find((one) => one === kind);
  return by === undefined ? undefined : { key: keyOfPk(pk), by };
}
