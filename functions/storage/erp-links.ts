import type { ItemKey } from './keys.ts';

/** The part of a transaction that says whose a thing is, unless it is another's already: one is one. */
export const ownedBy = (TableName: string, Key: ItemKey, externalId: string) => ({
  Update: {
    TableName,
    Key,
    UpdateExpression: 'SET externalId = :external',
    ConditionExpression: 'attribute_not_exists(externalId) OR externalId = :external',
    ExpressionAttributeValues: { ':external': externalId },
  },
});
