import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, it } from 'vitest';
import { wantedEvents } from '../../functions/platforms/nuvemshop/webhook-bodies.ts';
import { deployedShop } from '../support/deployment.ts';
import { INSTALL_ROUTES, ROUTES } from '../support/routes.ts';
import { merchantOf, open, STORE, title, titleOf } from './merchant.ts';

const WANTED_EVENTS = wantedEvents({ mirrorsProducts: true, mirrorsCustomers: false });

const shop = deployedShop(41);
const COOKIE = '__Host-acopio-install-nuvemshop';

const {
  world,
  storeOf,
  lines,
  agree,
  install,
  aws,
  storeSecret,
  backfillItem,
  circuitItem,
  rowOf,
  callsOf,
  settled,
  waiting,
  lateNotice,
} = merchantOf(shop);

beforeEach(() => shop.platforms.nuvemshop!.faults.clear());

describe('a first installation', () => {
  it('keeps the token, subscribes the webhooks, and an order flows', async () => {
    // Arrange: the app is nowhere, and the secret is as the deployment made it.
    storeOf().webhooks.clear();
    storeOf().accessToken = undefined;

    // Act
    const page = await install();
    const id = world().place();
    await settled();

    // Assert
    expect(page).toMatchObject({ status: 200, id: expect.stringMatching(/./) });
    expect(title(page.html)).toBe(titleOf('installed'));
    expect(await storeSecret()).toMatchObject({ accessToken: storeOf().accessToken, storeId: STORE });
    const url = `${shop.cloud.apiUrl}${ROUTES.nuvemshopEvents}`;
    expect([...storeOf().webhooks.values()].map((webhook) => [webhook.event, webhook.url]).sort()).toEqual(
      WANTED_EVENTS.map((event) => [event, url]).sort(),
    );
    expect(await rowOf(id)).toMatchObject({ state: 'ok' });
    expect(shop.cloud.metrics.logged('InstallCompleted')).toBe(1);
    expect(shop.cloud.metrics.total('PlatformThrottled')).toBe(0);
  });
});

describe('installing again', () => {
  it('replaces the token, doubles no webhook and removes what an older deployment left', async () => {
    // Arrange
    const before = storeOf().accessToken;
    world().subscribe({ url: `https://gone.example${ROUTES.nuvemshopEvents}`, events: ['order/paid'] });
    world().subscribe({ url: 'https://somebody.else.example/hook', events: ['order/paid'] });

    // Act
    const page = await install();

    // Assert
    expect(title(page.html)).toBe(titleOf('installed'));
    expect(storeOf().accessToken).not.toBe(before);
    expect(await storeSecret()).toMatchObject({ accessToken: storeOf().accessToken });
    const urls = [...storeOf().webhooks.values()].map((webhook) => webhook.url);
    expect(urls).toHaveLength(WANTED_EVENTS.length + 1);
    expect(urls).toContain('https://somebody.else.example/hook');
    storeOf().webhooks.forEach((webhook, id) => {
      if (webhook.url.includes('somebody')) storeOf().webhooks.delete(id);
    });
  });
});

describe('what is refused', () => {
  it.each([
    ['a state that nobody issued', 'state=invented'],
    ['no state', ''],
  ])('%s: nothing is exchanged', async (_, query) => {
    const token = storeOf().accessToken;
    const url = `${shop.cloud.apiUrl}${INSTALL_ROUTES.nuvemshopCallback}?code=${world().agree()}&${query}`;

    const page = await open(url, `${COOKIE}=something`);

    expect(page.status).toBe(400);
    expect(title(page.html)).toBe(titleOf('link-used'));
    expect(storeOf().accessToken).toBe(token);
  });

  it('a visit without the key of the link, whatever it asks for', async () => {
    const { apiUrl } = shop.cloud;
    const before = shop.platforms.nuvemshop!.calls.length;

    const pages = [
      await open(`${apiUrl}${INSTALL_ROUTES.nuvemshopStart}`),
      await open(`${apiUrl}${INSTALL_ROUTES.nuvemshopStart}?key=guessed`),
      await open(`${apiUrl}${INSTALL_ROUTES.nuvemshopCallback}?code=${world().agree()}`),
    ];

    expect(pages.map(({ status, html }) => [status, title(html)])).toEqual(
      Array.from({ length: 3 }, () => [403, titleOf('no-link')]),
    );
    expect(pages.map(({ location, cookie }) => [location, cookie.split('=')[1]])).toEqual(
      Array.from({ length: 3 }, () => ['', '']),
    );
    expect(shop.platforms.nuvemshop!.calls.length).toBe(before);
  });

  it('another browser’s way back', async () => {
    const { back } = await agree();
    const page = await open(back, `${COOKIE}=mine`);
    expect(title(page.html)).toBe(titleOf('link-used'));
  });

  it('the same way back once more', async () => {
    const { back, cookie } = await agree();
    const pages = [await open(back, cookie), await open(back, cookie)];
    expect(pages.map(({ html }) => title(html))).toEqual([titleOf('installed'), titleOf('link-used')]);
  });

  it('a code that is older than five minutes, without touching the token', async () => {
    // Arrange
    const token = storeOf().accessToken;
    const { back, cookie, code } = await agree();
    world().platform.codes.get(code)!.expiresAt = 0;

    // Act
    const page = await open(back, cookie);

    // Assert
    expect(page.status).toBe(400);
    expect(title(page.html)).toBe(titleOf('code-refused'));
    expect(page.html).toContain(shop.cloud.outputs.NuvemshopInstallUrl?.split('/oauth/')[1]);
    expect(await storeSecret()).toMatchObject({ accessToken: token });
  });

  it('a store that is not ours: its token is not kept', async () => {
    // Arrange: the platform has a second shop.
    const { platform } = world();
    platform.stores.set(777, { ...storeOf(), id: 777, accessToken: undefined, webhooks: new Map() });
    const kept = await storeSecret();

    // Act
    const { back, cookie } = await agree('777');
    const page = await open(back, cookie);

    // Assert
    expect(page.status).toBe(403);
    expect(page.html).toContain('store 777');
    expect(await storeSecret()).toEqual(kept);
    expect(platform.stores.get(777)?.webhooks.size).toBe(0);
    expect(shop.cloud.metrics.logged('InstallForeignStore')).toBe(1);
    platform.stores.delete(777);
  });
});

describe('what fails', () => {
  const failed = () => shop.cloud.metrics.logged('InstallFailed');

  it.each([
    ['a platform that answers 500', { kind: 'status', status: 500 }],
    ['a platform that shows a page', { kind: 'html', status: 503 }],
    ['a platform that hangs up', { kind: 'reset-before' }],
  ] as const)('%s is told to the merchant and to us', async (_, fault) => {
    const before = failed();
    const { back, cookie } = await agree();
    const match = { method: 'POST', path: '/apps/authorize/token' };
    shop.platforms.nuvemshop!.faults.add({ ...fault, match, times: 1 });

    const page = await open(back, cookie);

    expect(page.status).toBe(502);
    expect(title(page.html)).toBe(titleOf('platform-down'));
    expect(page.html).toContain(page.id);
    expect(lines()).toContain(page.id);
    expect(failed()).toBe(before + 1);
  });

  it('webhooks that cannot be subscribed are completed by installing again', async () => {
    // Arrange
    storeOf().webhooks.clear();
    const match = { method: 'POST', path: '/{version}/{store_id}/webhooks' };
    shop.platforms.nuvemshop!.faults.add({ kind: 'status', status: 403, match, times: 1 });

    // Act
    const [first, second] = [await install(), await install()];

    // Assert
    expect([first, second].map(({ html }) => title(html))).toEqual([
      titleOf('not-subscribed'),
      titleOf('installed'),
    ]);
    expect(storeOf().webhooks.size).toBe(WANTED_EVENTS.length);
  });

  it('wrong credentials of the app are an error of ours, and told as one', async () => {
    // Arrange
    const client = new SecretsManagerClient(aws());
    const SecretId = shop.cloud.secretId('Secrets/NuvemshopApp');
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }));
    const { back, cookie } = await agree();
    const wrong = JSON.stringify({
      clientId: world().platform.app.id,
      clientSecret: 'not-the-secret-of-this-app',
    });
    await client.send(new PutSecretValueCommand({ SecretId, SecretString: wrong }));

    // Act
    const page = await open(back, cookie);
    await client.send(new PutSecretValueCommand({ SecretId, SecretString }));
    client.destroy();

    // Assert
    expect(page.status).toBe(500);
    expect(title(page.html)).toBe(titleOf('app-refused'));
  });

  it('a token that may not be kept leaves the store unconnected, and says so', async () => {
    const { back, cookie } = await agree();
    const restore = shop.cloud.withoutPermission(
      'Nuvemshop/Install/Installer/Function',
      'secretsmanager:PutSecretValue',
    );

    const page = await open(back, cookie).finally(restore);

    expect(page.status).toBe(500);
    expect(title(page.html)).toBe(titleOf('not-kept'));
    expect(lines()).toContain('AccessDenied');
    expect(title((await install()).html)).toBe(titleOf('installed'));
  });
});

describe('the app’s standing in the store', () => {
  const held = () => expect.poll(circuitItem).toBeDefined();
  const open = () => expect.poll(circuitItem).toBeUndefined();
  const current = (id: string) => expect.poll(async () => (await rowOf(id))?.state).toBe('ok');
  /**
   * Until no notice is under way: each copy of one asks the platform once whether it is true. A receiver that is slow gets
   * two, and one that got no slot for its question comes back.
   */
  const noticesDealtWith = async () => {
    await world().settled();
    const waits = () =>
      shop.cloud.peek('Nuvemshop/Orders/Intake/Queue').some(({ body }) => body.includes('app/'));
    await expect.poll(waits).toBe(false);
  };

  it('removed: not one call is made for it (documented), until it is installed again', async () => {
    // Arrange
    await install();
    await settled();
    world().uninstall();
    await held();
    const from = shop.platforms.nuvemshop!.calls.length;
    const paused = await circuitItem();

    // Act: news that was under way comes in nevertheless.
    const during = world().place();
    world().platform.deliverer.send(lateNotice(during));
    await waiting(during);
    const calls = callsOf(from);
    const page = await install();
    const after = world().place();
    await current(after);

    // Assert
    expect(paused).toMatchObject({ cause: 'app/uninstalled', closedBy: 'token' });
    expect(calls).toEqual([]);
    expect(title(page.html)).toBe(titleOf('installed'));
    expect(await circuitItem()).toBeUndefined();
    expect(Number((await backfillItem())?.from)).toBeLessThan(Number(paused?.openedAt));
    await waiting(during);
  });

  it('suspended and resumed: no call in between, and afterwards a reconciliation is due', async () => {
    // Arrange: news that is being dealt with when the notice comes may have asked already whether it may call.
    await install();
    await world().settled();
    await shop.cloud.idle({ but: ['Nuvemshop/Orders/Intake/Queue'] });
    world().suspend();
    await held();
    await noticesDealtWith();
    const from = shop.platforms.nuvemshop!.calls.length;
    const paused = await circuitItem();

    // Act
    const during = world().place();
    world().platform.deliverer.send(lateNotice(during));
    await waiting(during);
    const calls = callsOf(from);
    world().resume();
    await open();
    const after = world().place();
    await current(after);

    // Assert
    expect(paused).toMatchObject({ cause: 'app/suspended', closedBy: 'notice' });
    expect(calls).toEqual([]);
    expect(Number((await backfillItem())?.from)).toBeLessThan(Number(paused?.openedAt));
    await waiting(during);
  });
});

it('writes no code, state or token into a log line', async () => {
  const { back, cookie, code } = await agree();
  await open(back, cookie);

  for (const secret of [code, cookie.split('=')[1] ?? '', storeOf().accessToken ?? '']) {
    expect(secret.length).toBeGreaterThan(20);
    expect(lines()).not.toContain(secret);
  }
});
