import { describe, expect, it } from 'vitest';
import { createInstaller } from '../../../functions/pipeline/install/installer.ts';
import { TEXTS } from '../../../functions/pipeline/install/outcomes.ts';
import { createLease } from '../../../functions/storage/runs.ts';
import { PATHS } from '../../support/bazaar/api.ts';
import { changed, openBazaar, sent } from '../../support/bazaar/bench.ts';
import { deliver } from '../../support/deployment-bench.ts';
import { browser } from '../../support/installer.ts';
import { localTables } from '../../support/local-tables.ts';

const tables = localTables();

/** A merchant whose stores the app is let into, with the functions' own installer. */
function open(...stores: [string, ...string[]]) {
  const bed = openBazaar(tables, { stores });
  const installer = createInstaller(bed.deployed, bed.runtime);
  const { url } = { url: bed.runtime.env.WEBHOOK_URL };
  const install = (storeId: string = stores[0]) =>
    browser(installer).startAndReturn({ code: bed.shop.agree(storeId) });
  return { ...bed, circuit: bed.circuit, installer, url, install };
}

describe('an installation', () => {
  it('begins at the platform, with the app’s id and a state that is good once', async () => {
    const bed = open('begins');

    const { headers } = await browser(bed.installer).start();

    const location = new URL(String(headers?.location));
    expect(location.pathname).toBe(PATHS.authorize);
    expect(location.searchParams.get('client')).toBe('app-1');
    const state = location.searchParams.get('state') ?? '';
    expect(state).toMatch(/^[\w-]{44}$/);
    expect([await bed.installer.states.spend(state), await bed.installer.states.spend(state)]).toEqual([
      true,
      false,
    ]);
  });

  it('keeps the new token, subscribes the webhooks with it, and closes the circuit', async () => {
    // Arrange
    const bed = open('whole');
    bed.shop.revoke('whole');
    await bed.circuit.trip('401', 'Install.');
    bed.shop.hooks.push({ id: 'old', topic: 'orders', url: 'https://elsewhere.test' });

    // Act
    const answer = await bed.install();

    // Assert
    expect(answer).toMatchObject({ statusCode: 200 });
    expect(answer.body).toContain(TEXTS.installed.en.title);
    expect(bed.secretOf()).toEqual({
      ...bed.shop.tokensOf('whole'),
      installedAt: new Date(bed.clock.now()).toISOString(),
    });
    expect(bed.shop.hooks.map(({ topic, url }) => [topic, url])).toEqual([
      ['orders', bed.url],
      ['app', bed.url],
    ]);
    expect(await bed.circuit.check()).toEqual({ allowed: true, probe: false });
    expect(bed.metrics.total('InstallCompleted')).toBe(1);
  });

  it('that is repeated changes no webhook that is right', async () => {
    const bed = open('twice');
    await bed.install();
    const before = structuredClone(bed.shop.hooks);

    const answer = await bed.install();

    expect(answer.statusCode).toBe(200);
    expect(bed.shop.hooks).toEqual(before);
  });

  it('lets go on what waited for it', async () => {
    // Arrange: a container that met the refused token, and holds it.
    const bed = open('waits');
    const { id } = bed.shop.place('waits');
    const processor = bed.processor();
    bed.shop.revoke('waits');
    await deliver(processor, changed(bed, id));

    // Act
    bed.clock.move(1000);
    await bed.install();
    bed.clock.move(60_000);
    const back = await deliver(processor, sent(bed));

    // Assert
    expect(back).toEqual([]);
    expect(await bed.row(id)).toMatchObject({ state: 'ok' });
  });

  it('of one of several stores replaces the token of that store alone', async () => {
    const bed = open('this', 'that');
    const before = bed.secretOf('this');

    const answer = await bed.install('that');

    expect(answer.statusCode).toBe(200);
    expect(bed.secretOf('this')).toEqual(before);
    expect(bed.secretOf('that')).toMatchObject(bed.shop.tokensOf('that')!);
  });

  it('of a store that is not ours keeps nothing and subscribes nothing', async () => {
    const bed = open('ours');
    const before = bed.secretOf();

    const answer = await bed.install('theirs');

    expect(answer).toMatchObject({ statusCode: 403 });
    expect(bed.secretOf()).toEqual(before);
    expect(bed.shop.hooks).toEqual([]);
  });

  it('reads the app’s secret anew, because it was corrected a moment ago', async () => {
    const bed = open('corrected');
    await bed.install();

    bed.secrets.set('secret:app', { clientId: 'app-1', clientSecret: 'corrected' });
    await bed.install();

    expect(bed.shop.callsTo(/token/).at(-1)?.body).toContain('"clientSecret":"corrected"');
  });

  it('takes the slots of its webhook calls at the limit that these have', async () => {
    const bed = open('slots');
    bed.shop.hooks.push({ id: 'old', topic: 'orders', url: 'https://elsewhere.test' });

    await bed.install();

    const buckets = (await bed.items()).map(({ pk }) => pk).filter((pk) => String(pk).startsWith('bucket#'));
    expect(buckets).toContain('bucket#bazaar#hooks#slots');
  });

  it('costs nothing of whoever has not got the link: no table, no secret, no call', async () => {
    // Arrange
    const bed = open('strangers');
    bed.secrets.clear();
    const forged = { code: 'c', state: 'x'.repeat(44) };
    const cookie = `__Host-acopio-install-bazaar=${forged.state}`;

    // Act
    const answers = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => [
        await browser(bed.installer).open('/oauth/bazaar/start', { key: `guess-${index}` }),
        await browser(bed.installer).callback({ code: 'c' }),
        await browser(bed.installer, 'en', cookie).callback(forged),
      ]),
    );

    // Assert
    const statuses = new Set(answers.flat().map(({ statusCode }) => statusCode));
    expect([...statuses].sort()).toEqual([400, 403]);
    expect(bed.awsCalls()).toEqual({ secrets: 0, queue: 0 });
    expect((await bed.everything()).filter(({ pk }) => String(pk).startsWith('install#'))).toEqual([]);
    expect(bed.shop.calls).toEqual([]);
  });

  it('is blocked by nobody who has not got the link, however often he tries', async () => {
    const bed = open('flooded');
    const stranger = async () => {
      const { start, callback } = browser(bed.installer);
      const { headers } = await browser(bed.installer).open('/oauth/bazaar/start', { key: 'guessed' });
      expect(headers).not.toHaveProperty('location');
      return { start, answer: await callback({ code: 'bogus', state: 'bogus' }) };
    };

    const answers = [];
    for (let real = 0; real < 10; real += 1) {
      await Promise.all(Array.from({ length: 20 }, stranger));
      answers.push(await bed.install());
    }

    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(bed.shop.callsTo(/token/)).toHaveLength(10);
  });

  it('shares a lease with every other of the platform', async () => {
    const bed = open('leased');
    const lease = createLease({ ...tables, name: { job: 'install', platform: 'bazaar' }, clock: bed.clock });
    await lease.acquire('another visit', 60_000);

    const answer = await bed.install();
    await lease.release('another visit');

    expect(answer).toMatchObject({ statusCode: 409 });
    expect(bed.shop.callsTo(/token/)).toEqual([]);
  });

  it('ends in time when the platform does not', async () => {
    const bed = open('slow');
    const late = { requestId: 'v', remainingMs: () => 3_000 };

    await expect(bed.installer.exchange('code', late)).rejects.toMatchObject({ kind: 'retry-later' });
    expect(bed.shop.calls).toEqual([]);
  });

  it('is none of a platform that a browser does not install', () => {
    const bed = open('no-browser');
    const { oauth: _, ...other } = bed.platform;

    expect(() => createInstaller({ ...bed.deployed, platform: other }, bed.runtime)).toThrow(
      'not installed by a browser',
    );
  });
});
