import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { createCustomerLinks } from '../../functions/storage/erp-customers.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const STORE = { platform: 'shop', storeId: 's' };
const theirs = (externalId: string) => ({ ...STORE, externalId });
const platforms = (platformCustomerId: string) => ({ ...STORE, platformCustomerId });

/** A table that cancels the first transaction because it met another one, which was cancelled as well. */
function meetingAnother() {
  let met = false;
  const send = async (command: object): Promise<unknown> => {
    if (met || !(command instanceof TransactWriteCommand)) return tables.client.send(command as never);
    met = true;
    throw Object.assign(new Error('cancelled'), {
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
    });
  };
  return { ...tables, client: { send } as never };
}

describe('the link of a customer of the merchant’s system', () => {
  it('is made though its transaction met another that came to nothing', async () => {
    const links = createCustomerLinks(meetingAnother());

    const made = await links.link(theirs('C-1'), platforms('77'));

    expect(made).toBe(true);
    expect(await links.to(platforms('77'))).toEqual(theirs('C-1'));
  });

  it('is refused where the platform’s customer is linked to another one', async () => {
    const links = createCustomerLinks(tables);
    await links.link(theirs('C-2'), platforms('78'));

    const made = await links.link(theirs('C-3'), platforms('78'));

    expect(made).toBe(false);
    expect(await links.of(theirs('C-3'))).toBeUndefined();
  });
});
