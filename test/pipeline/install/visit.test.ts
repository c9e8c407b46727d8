import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../../functions/http/errors.ts';
import { OUTCOMES, type OutcomeKind, TEXTS } from '../../../functions/pipeline/install/outcomes.ts';
import type { ScopeReview } from '../../../functions/platforms/oauth.ts';
import { SecretUnusable } from '../../../functions/runtime/secrets.ts';
import { INSTALL_KEY } from '../../support/deployment-bench.ts';
import { browser, installer, SECRETS, STORE } from '../../support/installer.ts';

const INSTALL_METRICS = [...new Set(Object.values(OUTCOMES).map(({ metric }) => metric))];

const failure = (details: Partial<ConstructorParameters<typeof PlatformError>[0]>) =>
  new PlatformError({
    platform: 'bazaar',
    operation: 'oauth.exchange',
    kind: 'retry-later',
    ...details,
  });
const titleOf = (kind: OutcomeKind) => TEXTS[kind].en.title.replaceAll('{platform}', 'Bazaar');
const ALL_BUT_LEASE = ['authorizeUrl', 'exchange', 'keep', 'subscribe', 'resume', 'resumed by token'];

describe('the start', () => {
  it('sends the browser to the platform with a fresh state, which only this browser gets', async () => {
    const fake = installer();
    const answers = [await browser(fake).start(), await browser(fake).start()];

    expect(answers.map(({ statusCode }) => statusCode)).toEqual([302, 302]);
    expect(answers.map(({ headers }) => headers?.location)).toEqual([
      'https://platform.example/apps/1/authorize?state=state-1',
      'https://platform.example/apps/1/authorize?state=state-2',
    ]);
    expect(answers[0]?.headers).toMatchObject({ 'cache-control': 'no-store' });
    expect(answers[0]?.cookies?.[0]).toMatch(
      /^__Host-acopio-install-bazaar=state-1; Max-Age=900; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
    );
  });

  it.each([
    ['no key', undefined],
    ['an empty key', { key: '' }],
    ['another key', { key: 'somebody-guesses-a-key-here' }],
    ['the key and more', { key: `${INSTALL_KEY}x` }],
    ['the key twice', { key: `${INSTALL_KEY},${INSTALL_KEY}` }],
  ])('with %s begins nothing: no state, no secret, a page that says what to do', async (_, query) => {
    const fake = installer();
    const { open } = browser(fake);

    const answer = await open('/oauth/bazaar/start', query);

    expect(answer).toMatchObject({ statusCode: 403, body: expect.stringContaining(titleOf('no-link')) });
    expect(answer.body).not.toContain(INSTALL_KEY);
    expect(fake.steps).toEqual([]);
    expect(fake.issued()).toBe(0);
    expect(fake.metrics.total('InstallRefused')).toBe(1);
  });

  it('says so while the app has no credentials', async () => {
    const fake = installer({ failing: { authorizeUrl: new SecretUnusable('arn', 'missing: clientId') } });

    const answer = await browser(fake).start();

    expect(answer).toMatchObject({ statusCode: 500 });
    expect(answer.body).toContain(titleOf('app-refused'));
  });
});

describe('the way back', () => {
  it('exchanges, keeps, subscribes and only then closes the circuit', async () => {
    const fake = installer();

    const answer = await browser(fake).startAndReturn();

    expect(answer).toMatchObject({ statusCode: 200 });
    expect(answer.body).toContain(titleOf('installed'));
    expect(fake.steps).toEqual(ALL_BUT_LEASE);
    expect(fake.kept).toMatchObject([
      { storeId: STORE, grant: { storeId: STORE, accessToken: SECRETS.token, scopes: ['orders'] } },
    ]);
  });

  it('asks whoever comes from the platform’s own app page to open the link, which then ends it', async () => {
    const fake = installer();
    const merchant = browser(fake);

    const first = await merchant.callback({ code: SECRETS.code });
    const stepsOfFirst = [...fake.steps];
    const second = await merchant.startAndReturn();

    expect(first).toMatchObject({ statusCode: 403, body: expect.stringContaining(titleOf('no-link')) });
    expect([stepsOfFirst, fake.spends]).toEqual([[], ['state-1']]);
    expect(second).toMatchObject({ statusCode: 200 });
  });

  it('looks up no state that nobody can have been given, and so writes nothing', async () => {
    const fake = installer();
    const forged = { code: 'c', state: 'invented' };

    const answer = await browser(fake, 'en', '__Host-acopio-install-bazaar=invented').callback(forged);

    expect(answer).toMatchObject({ statusCode: 400, body: expect.stringContaining(titleOf('link-used')) });
    expect(fake.spends).toEqual([]);
  });

  it('offers to begin again, with the key, only to the browser that began', async () => {
    const fake = installer({ failing: { exchange: failure({ status: 500 }) } });

    const own = await browser(fake).startAndReturn();
    const other = await browser(fake).callback({ code: 'c', state: 'state-1' });

    const link = `href="/oauth/bazaar/start?key=${INSTALL_KEY}"`;
    expect([own.body?.includes(link), other.body?.includes(INSTALL_KEY)]).toEqual([true, false]);
  });

  const attempts: [string, (fake: ReturnType<typeof installer>) => Promise<unknown>, OutcomeKind][] = [
    [
      'a state nobody issued',
      (fake) => browser(fake).callback({ code: 'c', state: 'invented' }),
      'link-used',
    ],
    ['nothing at all', (fake) => browser(fake).open('/oauth/bazaar/callback'), 'no-link'],
    ['no code', (fake) => browser(fake).startAndReturn({ error: 'access_denied' }), 'no-code'],
    ['an empty code', (fake) => browser(fake).startAndReturn({ code: '' }), 'no-code'],
    [
      'the state of another browser',
      async (fake) => {
        await browser(fake).start();
        const victim = browser(fake);
        await victim.start();
        return victim.callback({ code: 'the-attackers', state: 'state-1' });
      },
      'link-used',
    ],
    [
      'a state that was spent',
      async (fake) => {
        const one = browser(fake);
        await one.startAndReturn();
        fake.steps.length = 0;
        return one.callback({ code: SECRETS.code, state: 'state-1' });
      },
      'link-used',
    ],
    [
      'another installation under way',
      (fake) => {
        fake.holdLease();
        return browser(fake).startAndReturn();
      },
      'busy',
    ],
  ];
  it.each(attempts)('with %s exchanges nothing', async (_, attempt, kind) => {
    const fake = installer();

    const answer = await attempt(fake);

    expect(answer).toMatchObject({
      statusCode: OUTCOMES[kind].status,
      body: expect.stringContaining(titleOf(kind)),
    });
    expect(fake.steps).not.toContain('exchange');
  });

  const refused = { kind: 'refused', status: 400 } as const;
  const exchanges: [string, Error, OutcomeKind][] = [
    ['a code that is too old', failure({ ...refused, detail: 'expired; invalid_grant' }), 'code-refused'],
    ['wrong credentials of the app', failure({ ...refused, detail: 'wrong; invalid_client' }), 'app-refused'],
    ['401', failure({ kind: 'auth-failed', status: 401 }), 'app-refused'],
    ['a secret without the credentials', new SecretUnusable('arn', 'missing: clientId'), 'app-refused'],
    ['500', failure({ status: 500 }), 'platform-down'],
    ['no answer', failure({ outcomeUnknown: true }), 'platform-down'],
    ['an answer without a token', failure({ kind: 'invalid-response', status: 200 }), 'platform-down'],
    ['our own failure', new Error('AccessDenied'), 'not-kept'],
  ];
  it.each(exchanges)('keeps nothing after %s', async (_, error, kind) => {
    const fake = installer({ failing: { exchange: error } });

    const answer = await browser(fake).startAndReturn();

    expect(answer).toMatchObject({
      statusCode: OUTCOMES[kind].status,
      body: expect.stringContaining(titleOf(kind)),
    });
    expect(fake.steps).toEqual(['authorizeUrl', 'exchange']);
  });

  it('keeps no token of another store, and names both', async () => {
    const fake = installer({ storeId: '999' });

    const answer = await browser(fake).startAndReturn();

    expect(answer).toMatchObject({ statusCode: 403 });
    expect(answer.body).toContain(`store 999, but this installation is for store ${STORE}`);
    expect(fake.kept).toEqual([]);
    expect(fake.metrics.total('InstallForeignStore')).toBe(1);
  });

  it('keeps the token in the secret of the store it is for, where the merchant has several', async () => {
    const fake = installer({ storeId: 'shop-2', ours: ['shop-1', 'shop-2'] });

    const answer = await browser(fake).startAndReturn();

    expect(answer).toMatchObject({ statusCode: 200 });
    expect(fake.kept.map(({ storeId }) => storeId)).toEqual(['shop-2']);
  });

  it('names all stores of the merchant to whoever let the app into another one', async () => {
    const fake = installer({ storeId: '999', ours: ['shop-1', 'shop-2'] });

    const answer = await browser(fake).startAndReturn();

    expect(answer.body).toContain('shop-1, shop-2');
  });

  it('subscribes nothing with a token that could not be kept', async () => {
    const fake = installer({ failing: { keep: new Error('AccessDenied') } });

    const answer = await browser(fake).startAndReturn();

    expect(answer.body).toContain(titleOf('not-kept'));
    expect(fake.steps).toEqual(['authorizeUrl', 'exchange', 'keep']);
  });

  it('closes the circuit even if subscribing fails: the token is good', async () => {
    const fake = installer({ failing: { subscribe: failure({ status: 500 }) } });

    const answer = await browser(fake).startAndReturn();

    expect(answer.body).toContain(titleOf('not-subscribed'));
    expect(fake.steps).toEqual(ALL_BUT_LEASE);
  });

  it('does not say that all is well while the circuit stays open', async () => {
    const fake = installer({ failing: { resume: new Error('no table') } });

    const answer = await browser(fake).startAndReturn();

    expect(answer).toMatchObject({ statusCode: 502 });
    expect(fake.kept).toHaveLength(1);
  });

  it('frees the way for the next try, however it ended', async () => {
    const fake = installer({ failing: { exchange: failure({ status: 500 }) } });
    const merchant = browser(fake);
    await merchant.startAndReturn();
    delete fake.failing.exchange;

    expect(await merchant.startAndReturn()).toMatchObject({ statusCode: 200 });
  });
});

const LACKING: ScopeReview = {
  missing: [{ scope: 'write_orders', required: true, fails: ['command cancel'] }],
  surplus: [],
};

describe('what the merchant granted', () => {
  const loggedOf = async (review: ScopeReview) => {
    const fake = installer({ review });
    const answer = await browser(fake).startAndReturn();
    return { answer, lines: fake.log.lines };
  };

  it('is said where the store needs more: on the page, and in the log with what fails', async () => {
    const { answer, lines } = await loggedOf(LACKING);

    expect(answer.body).toContain(titleOf('scopes-missing'));
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 'error',
        fields: expect.objectContaining({ scope: 'write_orders', fails: 'command cancel' }) as object,
      }),
    );
  });

  it('is enough where only what somebody may ask for fails, or more is granted than is needed', async () => {
    const [missing] = LACKING.missing;
    const { answer, lines } = await loggedOf({
      missing: [{ ...missing!, required: false }],
      surplus: ['write_scripts'],
    });

    expect(answer.body).toContain(titleOf('installed'));
    expect(lines.filter(({ level }) => level === 'warn').map(({ fields }) => fields)).toMatchObject([
      { scope: 'write_orders' },
      { surplus: ['write_scripts'] },
    ]);
  });
});

describe('every visit that ends', () => {
  const ends: [OutcomeKind, Parameters<typeof installer>[0]][] = [
    ['installed', {}],
    ['scopes-missing', { review: LACKING }],
    ['other-store', { storeId: '999' }],
    ['code-refused', { failing: { exchange: failure({ kind: 'refused', status: 400 }) } }],
    ['app-refused', { failing: { exchange: failure({ kind: 'auth-failed', status: 401 }) } }],
    ['platform-down', { failing: { exchange: failure({ status: 502 }) } }],
    ['not-kept', { failing: { keep: new Error('AccessDenied') } }],
    ['not-subscribed', { failing: { subscribe: failure({ status: 500 }) } }],
  ];
  it.each(ends)(
    'as %s counts once, has its id on the page, and says nothing secret anywhere',
    async (kind, changes) => {
      const fake = installer(changes);

      const answer = await browser(fake).startAndReturn();

      const counted = INSTALL_METRICS.filter((name) => fake.metrics.total(name) === 1);
      expect(counted).toEqual([OUTCOMES[kind].metric]);
      expect(answer.headers).toMatchObject({ 'x-correlation-id': 'visit-1', 'cache-control': 'no-store' });
      expect(answer.body).toContain('<code>visit-1</code>');
      const reading = JSON.stringify([answer, fake.log.lines]);
      for (const secret of [SECRETS.code, SECRETS.token, 'state-1']) expect(reading).not.toContain(secret);
      expect(fake.log.lines.some(({ fields }) => fields.correlationId === 'visit-1')).toBe(true);
    },
  );
});
