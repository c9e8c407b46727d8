import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { createJobResults } from '../../functions/storage/job-results.ts';
import { catalogueJobKey } from '../../functions/storage/keys.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();

it('the result of a catalogue job is what the platform said last, for 30 days', async () => {
  // Arrange
  const clock = movedClock();
  const jobs = createJobResults({ ...tables, platform: 'shop', now: clock.now });

  // Act
  await jobs.keep({ jobId: 'j', status: 'FAILED', vendorId: 'v' });
  await jobs.keep({ jobId: 'j', status: 'COMPLETED', downloadUrl: 'https://files.example/j' });

  // Assert
  const Key = catalogueJobKey('shop', 'j');
  const { Item } = await tables.client.send(new GetCommand({ TableName: tables.table, Key }));
  expect(Item).toEqual({
    ...Key,
    status: 'COMPLETED',
    downloadUrl: 'https://files.example/j',
    endedAt: '2026-11-22T12:00:00.000Z',
    expiresAt: clock.now() / 1000 + 30 * 86_400,
  });
});
