import { createDynamoStore } from '../../functions/throttle/store-dynamodb.ts';
import { describeStore } from '../throttle/store-suite.ts';
import { startReferee } from './referee.ts';

describeStore("AWS's DynamoDB Local", async () => {
  const { client, tableName, stop } = await startReferee();
  return { store: createDynamoStore({ client, tableName }), close: stop };
});
