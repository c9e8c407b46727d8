import { startLocalTable } from '../../bench/throttle/local-table.ts';
import { createDynamoStore } from '../../functions/rate-limit/store.ts';
import { describeStore } from './store-suite.ts';

describeStore("the local cloud's DynamoDB", async () => {
  const { newClient, tableName, stop } = await startLocalTable();
  return { store: createDynamoStore({ client: newClient(), tableName }), close: stop };
});
