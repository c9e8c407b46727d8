import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { PRIORITIES } from '../../functions/rate-limit/limits.ts';
import { invitation } from '../../local/shop/terminal.ts';
import { argumentsOf, commandsHere, exampleLines } from '../support/commands-here.ts';
import { deployedShop } from '../support/deployment.ts';
import { operatorAt } from '../support/operator.ts';
import { DEMO_CHAIN } from '../support/routes.ts';

const shop = deployedShop(97);
const { ops, given, json } = operatorAt(shop);

/** What the secrets of a platform hold. */
const secretsOf = (name: string): Record<string, unknown> =>
  shop.stores.find(({ platform }) => platform.name === name)!.secrets();

interface Finding {
  level: string;
  what: string;
  why: string;
  command?: string;
}
async function findings(about: string): Promise<Finding[]> {
  const { said } = await json('doctor');
  return (said.findings as Finding[]).filter(({ what }) => what.startsWith(about));
}
async function landed(): Promise<string> {
  const id = shop.platforms.nuvemshop!.world.place();
  await shop.platforms.nuvemshop!.world.settled();
  await shop.cloud.idle();
  return id;
}

describe('whoever connects a platform', { timeout: 120_000 }, () => {
  it('is told what it needs, where that is found, and where its URLs go', async () => {
    const { out } = await ops('connect', 'nuvemshop', '--dry-run');

    expect(out).toContain('Nuvemshop partner panel, your app, field "Redirect URL"');
    expect(out).toContain(`${shop.cloud.apiUrl}/oauth/nuvemshop/callback`);
    expect(out).toMatch(/app +filled +.*clientId and clientSecret/);
    expect(out).not.toContain(shop.webhookSecrets.nuvemshop);
  });

  it('cannot put in credentials that the platform refuses: nothing is written', async () => {
    const refused = await given(
      '{"api":{"token":"not-the-token"}}',
      'connect',
      'pedidosya',
      '--from-stdin',
      '--yes',
    );
    const after = await ops('connect', 'pedidosya');

    expect(refused).toMatchObject({ code: 3, out: expect.stringContaining('Nothing was written') as string });
    expect(refused.out + refused.err).not.toContain('not-the-token');
    expect(after.code).toBe(0);
  });

  it('hears that half a token is too short, without seeing it again', async () => {
    const { code, err } = await given('{"api":{"token":"half"}}', 'connect', 'pedidosya', '--from-stdin');

    expect(code).toBe(2);
    expect(err).toMatch(/too short to be a secret: token \(at least 8 characters\)/);
    expect(err).not.toContain('half');
  });

  it('writes what the platform takes, over an old one only with --yes, and is shown the secret for the panel', async () => {
    const { api } = secretsOf('pedidosya') as { api: { token: string } };
    const input = JSON.stringify({ api });

    const unasked = await given(input, 'connect', 'pedidosya', '--from-stdin');
    const done = await given(input, 'connect', 'pedidosya', '--from-stdin', '--yes');
    const later = await ops('connect', 'pedidosya');

    expect(unasked).toMatchObject({
      code: 2,
      err: expect.stringMatching(/replaces api .* merchant demo/) as string,
    });
    expect(done.code).toBe(0);
    expect(done.out).toContain(shop.webhookSecrets.pedidosya);
    expect(done.out).not.toContain(api.token);
    expect(later.out).not.toContain(shop.webhookSecrets.pedidosya);
    expect(later.out).toContain(
      'Next, bring in what is there already: npx acopio --merchant demo import pedidosya',
    );
    const { said } = await json('audit');
    expect(JSON.stringify(said)).not.toContain(api.token);
    expect(said.entries).toContainEqual(
      expect.objectContaining({
        what: 'connect',
        state: 'done',
        details: { platform: 'pedidosya', credential: 'api', storeId: DEMO_CHAIN },
      }),
    );
  });

  it('finds by doctor which webhooks are missing, and mends them by the command that it names', async () => {
    const [before] = await findings('nuvemshop 5665778 webhooks');
    const mended = await ops(...before!.command!.split(' '));
    const [after] = await findings('nuvemshop 5665778 webhooks');

    expect(before).toMatchObject({ level: 'red', command: 'connect nuvemshop 5665778 --yes' });
    expect(mended.code).toBe(0);
    expect(after).toMatchObject({ level: 'green' });
  });
});

describe('doctor', { timeout: 120_000 }, () => {
  it('finds a token that the platform does not take any more', async () => {
    const store = shop.platforms.nuvemshop!.world.platform.stores.get(5665778)!;
    const token = store.accessToken;
    store.accessToken = 'another';

    const found = await json('doctor');
    store.accessToken = token;

    expect(found.code).toBe(1);
    expect(found.said.findings).toContainEqual(
      expect.objectContaining({
        level: 'red',
        what: 'nuvemshop 5665778 call',
        command: 'connect nuvemshop 5665778',
      }),
    );
  });

  it('says that the release is not known here, where no CloudFormation is', async () => {
    const [found] = await findings('release');

    expect(found).toMatchObject({
      level: 'unknown',
      why: expect.stringMatching(/^not known here/) as string,
    });
  });

  it('sends a mail as an alarm would, and says of subscriptions what is known here', async () => {
    const sent = await json('doctor', '--alarm-test');
    const [mails] = await findings('alarm mails');

    expect(sent).toMatchObject({ code: 0, said: { messageId: expect.stringMatching(/./) as string } });
    expect(mails).toMatchObject({ level: 'unknown', why: expect.stringMatching(/not known here/) as string });
  });
});

describe('an order', { timeout: 120_000 }, () => {
  it('is found by the number that the customer has, and shown by it', async () => {
    const id = await landed();
    const row = await shop.table.get({ platform: 'nuvemshop', storeId: '5665778', platformOrderId: id });
    const number = row!.order!.displayNumber!;

    const found = await json('find', number);
    const shown = await json('show', `nuvemshop:${number}`);
    const erased = await ops('privacy', 'erase', number, '--yes');

    expect(found.said.matches).toEqual([
      expect.objectContaining({ name: `nuvemshop:5665778:${id}`, by: 'number', number }),
    ]);
    expect(shown.said).toMatchObject({ name: `nuvemshop:5665778:${id}`, displayNumber: number });
    expect(JSON.stringify(shown.said)).not.toContain(row!.personal!.email);
    expect(erased).toMatchObject({
      code: 2,
      err: expect.stringMatching(/is the number of nuvemshop:5665778/) as string,
    });
  });

  it('that no webhook told of is found and repaired by reconciling', async () => {
    const { world } = shop.platforms.nuvemshop!;
    world.platform.stores.get(5665778)!.webhooks.clear();
    const platformOrderId = world.place();
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const about = ['reconcile', 'nuvemshop:5665778', '--from', from];

    const dry = await json(...about, '--dry-run');
    const real = await json(...about);
    await shop.cloud.idle();
    await ops('connect', 'nuvemshop', '--yes');

    const found = expect.objectContaining({
      examples: [{ finding: 'missing', order: expect.stringContaining(platformOrderId) as string }],
    }) as unknown;
    expect(dry).toMatchObject({ code: 0, said: { dryRun: true, reports: [found] } });
    expect(real).toMatchObject({ code: 0, said: { reports: [found] } });
    const key = { platform: 'nuvemshop', storeId: '5665778', platformOrderId };
    expect(await shop.table.get(key)).toMatchObject({ origin: { first: { via: 'reconcile' } } });
  });

  it('stands in the list of what changed last, and its platform in the list of platforms', async () => {
    const id = await landed();

    const { said } = await json('orders', 'list', '--limit', '1');
    const platforms = await json('platforms');

    expect(said.orders).toEqual([expect.objectContaining({ name: `nuvemshop:5665778:${id}` })]);
    expect(platforms.said.platforms).toContainEqual(
      expect.objectContaining({
        platform: 'nuvemshop',
        queue: { visible: 0, inWork: 0, delayed: 0, deadLetters: 0 },
        stores: [
          expect.objectContaining({
            storeId: '5665778',
            setAside: 0,
            subscriptions: { checkedAt: expect.stringMatching(/^\d{4}-/) },
          }),
        ],
      }),
    );
  });
});

/** What `throttle --json` prints. */
const throttleSchema = z.strictObject({
  limits: z.array(
    z.strictObject({
      platform: z.string(),
      limit: z.string(),
      stores: z.array(z.string()).min(1),
      used: z.int().min(0),
      burst: z.number().positive(),
      perSecond: z.number().positive(),
      waiting: z.partialRecord(z.enum(PRIORITIES), z.iso.datetime()),
    }),
  ),
});

describe('whoever asks for everything', { timeout: 120_000 }, () => {
  it('is told each limit once, and who shares it', async () => {
    const { code, said } = await json('throttle');

    const { limits } = throttleSchema.parse(said);
    expect(code).toBe(0);
    expect(limits.map(({ platform, limit, stores }) => [platform, limit, ...stores])).toEqual([
      ['nuvemshop', 'api', '5665778'],
      ['pedidosya', 'api', DEMO_CHAIN],
      ['pedidosya', 'token', DEMO_CHAIN],
      ['pedidosya', 'files', DEMO_CHAIN],
      ['imotriz', 'api', 'co-main'],
    ]);
  });

  it('is told by the start on one machine where each simulated platform listens', () => {
    const said = invitation(shop);

    for (const { simulator } of shop.stores) expect(said).toContain(simulator.url);
  });

  it('is given each order in a line, and of its buyer nothing', async () => {
    const id = await landed();
    const row = await shop.table.get({ platform: 'nuvemshop', storeId: '5665778', platformOrderId: id });

    const { code, out } = await ops('orders', 'export', '--platform', 'nuvemshop');

    const rows = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { name: string });
    expect(code).toBe(0);
    expect(rows.map(({ name }) => name)).toContain(`nuvemshop:5665778:${id}`);
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
    expect(out).not.toContain(row!.personal!.email);
  });
});

const here = commandsHere(shop);

describe('the examples of --help', { timeout: 120_000 }, () => {
  it.each(exampleLines())('%s', async (line) => {
    const [words = '', input] = line.split(' < ');
    const { app } = secretsOf('nuvemshop');

    const { code, out } =
      input === undefined ? await here(words) : await given(JSON.stringify({ app }), ...argumentsOf(words));

    expect([0, 1], out).toContain(code);
  });
});
