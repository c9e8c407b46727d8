import { describe, expect, it, vi } from 'vitest';
import { createInstaller } from '../../../functions/pipeline/install/installer.ts';
import { TEXTS } from '../../../functions/pipeline/install/outcomes.ts';
import { APP_SECRET } from '../../support/bazaar/settings.ts';
import { openSilent } from '../../support/bazaar/silent-account.ts';
import { browser } from '../../support/installer.ts';
import { localTables } from '../../support/local-tables.ts';
import { type Behaviour, silent } from '../../support/silent-aws.ts';

const tables = localTables();

/** A Secrets Manager that tells the app's secret, and is silent to one kind of request. */
const deafTo =
  (operation: string): Behaviour =>
  (request, response) => {
    if (String(request.headers['x-amz-target']).endsWith(operation)) return;
    response.end(JSON.stringify({ SecretString: JSON.stringify(APP_SECRET) }));
  };

describe('an installation', () => {
  const open = async (store: string, services: Parameters<typeof openSilent>[2] = {}) => {
    const bed = await openSilent(tables, store, services);
    return { ...bed, visitor: browser(createInstaller(bed.deployed, bed.runtime)) };
  };
  const notKept = (correlationId: string) => ({
    statusCode: 500,
    body: expect.stringMatching(new RegExp(`${TEXTS['not-kept'].en.title}[^]*<code>${correlationId}</code>`)),
  });

  it('that cannot begin, because the table is silent, ends with a page that says so', async () => {
    const bed = await open('install-table');
    bed.table.behave = silent;

    expect(await bed.visitor.start()).toMatchObject(notKept('visit-1'));
    expect(bed.metrics.total('InstallFailed')).toBe(1);
  });

  it('that cannot begin, because its secret does not come, ends with a page that says so', async () => {
    const bed = await open('install-secret', { secrets: silent });

    expect(await bed.visitor.start()).toMatchObject(notKept('visit-1'));
    expect(bed.metrics.total('InstallFailed')).toBe(1);
  });

  it('spends no code of a visitor whose state cannot be looked up', async () => {
    // Arrange
    const bed = await open('install-state');
    const { headers } = await bed.visitor.start();
    const state = new URL(String(headers?.location)).searchParams.get('state') ?? '';
    bed.table.behave = silent;

    // Act
    const answer = await bed.visitor.callback({ code: bed.shop.agree('install-state'), state });

    // Assert
    expect(answer).toMatchObject(notKept('visit-1'));
    expect(bed.shop.calls).toEqual([]);
  });

  it('says that the store is not connected when the new token is not taken, and subscribes nothing', async () => {
    const bed = await open('install-keep', { secrets: deafTo('PutSecretValue') });

    const answer = await bed.visitor.startAndReturn({ code: bed.shop.agree('install-keep') });

    expect(answer).toMatchObject(notKept('visit-1'));
    expect(bed.shop.hooks).toEqual([]);
    expect(bed.log.lines.map(({ message }) => message)).toContain(
      'the new token could not be kept, and the old one is worthless: install again',
    );
  });

  it('says that webhooks are missing when the table falls silent after the token was kept', async () => {
    // Arrange
    const bed = await open('install-subscribe');
    const { fetch: reachable } = bed.shop;
    vi.stubGlobal('fetch', async (...call: Parameters<typeof fetch>) => {
      const answer = await reachable(...call);
      bed.table.behave = silent;
      return answer;
    });

    // Act
    const answer = await bed.visitor.startAndReturn({ code: bed.shop.agree('install-subscribe') });

    // Assert
    expect(answer.body).toContain(TEXTS['not-subscribed'].en.title);
    expect(bed.secretOf()).toMatchObject(bed.shop.tokensOf('install-subscribe')!);
    expect(bed.metrics.total('InstallFailed')).toBe(1);
  });
});
