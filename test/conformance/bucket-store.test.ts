import { createDynamoStore } from '../../functions/rate-limit/store.ts';
import { describeStore } from '../rate-limit/store-suite.ts';
import { startReferee } from './referee.ts';

describeStore("AWS's DynamoDB Local", async () => {
  const { client, tableName, stop } = await startReferee();
  return { store: createDynamoStore({ client, tableName }), close: stop };
});
