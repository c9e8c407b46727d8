import axe from 'axe-core';
import type { Browser, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCircuit } from '../../functions/storage/circuit-breaker.ts';
import { createEndpointAdmin } from '../../functions/storage/endpoints.ts';
import { SCREENS } from '../../ops/page/app/place.ts';
import { LANGUAGES, speakerOf } from '../../ops/page/texts/speaker.ts';
import { browserHere, launch } from '../support/browser.ts';
import { deployedShop } from '../support/deployment.ts';
import { openPage, type PageOfTest } from '../support/page.ts';
import { controlOf } from './flow-endpoint.ts';
import { STORE } from './merchant.ts';
import { COUNTED, faultsOf, keyOf, nameOf } from './planted-faults.ts';

/** Of what axe answers, what is looked at. */
interface AxeResult {
  violations: { id: string; impact: string; nodes: { target: unknown }[] }[];
}

const shop = deployedShop(97, { stock: {} });
const faults = faultsOf(shop);
const { landed, misunderstood, commands } = faults;
const made: Partial<{
  page: PageOfTest;
  id: string;
  secret: string[];
  /** What somebody has to mend. */
  drifted: Awaited<ReturnType<typeof faults.drifted>>;
  misunderstood: string;
  inDoubt: string;
  down: Awaited<ReturnType<typeof faults.stoppedEndpoint>>;
}> = {};
const DOWN = 'wh-down';

beforeAll(async () => {
  made.id = await landed();
  const { name, email, phone } = (await shop.table.get(keyOf(made.id)))?.personal ?? {};
  made.secret = [name, email, phone].filter((text) => text !== undefined);
  made.misunderstood = await misunderstood();
  made.inDoubt = await faults.inDoubt();
  made.drifted = await faults.drifted();
  made.down = await faults.stoppedEndpoint(DOWN);
  made.page = await openPage(shop, '--write', '--personal');
});
afterAll(async () => {
  await made.page?.close();
  made.down?.close();
});

describe('each screen', () => {
  const order = () => `order?name=${encodeURIComponent(nameOf(made.id!))}`;

  it.each([
    ['waiting', () => 'waiting', 10],
    ['recent', () => 'recent', 12],
    ['find by an id', () => `find?text=${made.id}`, 10],
    ['order', order, 24],
    ['review', () => 'review', 6],
    ['now', () => 'now', 45],
    ['commands', () => 'commands', 20],
    ['stock', () => 'stock', 60],
    ['deadLetters', () => 'deadLetters', 5],
    ['reconciliations', () => 'reconciliations', 5],
    ['audit', () => 'audit', 10],
  ])('%s is read with few calls, and says nothing of a person', async (_, path, most) => {
    const { status, calls, text } = await made.page!.get(path());

    expect(status).toBe(200);
    expect(calls).toBeLessThanOrEqual(most);
    expect(made.secret).not.toEqual([]);
    for (const secret of made.secret!) expect(text).not.toContain(secret);
  });

  it('of an order shows its bytes masked', async () => {
    const { body } = await made.page!.get(order());
    const [version] = (body as { order: { versions: { sha256: string }[] } }).order.versions;

    const { text } = await made.page!.get(
      `bytes?name=${encodeURIComponent(nameOf(made.id!))}&sha256=${version!.sha256}`,
    );

    expect(text).toContain('contact_email');
    for (const secret of made.secret!) expect(text).not.toContain(secret);
  });
});

describe('whose an order is', () => {
  it('stands in the audit trail once somebody looked', async () => {
    const { body } = await made.page!.post('person', { name: nameOf(made.id!) });
    const { body: trail } = await made.page!.get('audit');

    expect(JSON.stringify(body)).toContain(made.secret![0]);
    expect((trail as { entries: object[] }).entries[0]).toMatchObject({
      what: 'ui personal',
      who: 'a-test',
      state: 'done',
      details: { order: nameOf(made.id!) },
    });
  });
});

describe('an e-mail', () => {
  it('finds its order, shows no person, and stands in the audit trail as an e-mail', async () => {
    const { email = '' } = (await shop.table.get(keyOf(made.id!)))?.personal ?? {};

    await expect
      .poll(async () => (await made.page!.post('find', { text: email })).body)
      .toMatchObject({ asEmail: true, matches: [{ name: nameOf(made.id!), by: 'email' }] });
    const { body } = await made.page!.post('find', { text: email });
    const { body: trail } = await made.page!.get('audit');

    for (const secret of made.secret!) expect(JSON.stringify(body)).not.toContain(secret);
    expect((trail as { entries: object[] }).entries[0]).toMatchObject({
      what: 'ui personal',
      state: 'done',
      details: { by: 'email' },
    });
    expect(JSON.stringify(trail)).not.toContain(email);
  });

  it('is looked for in no address', async () => {
    const { email = '' } = (await shop.table.get(keyOf(made.id!)))?.personal ?? {};

    const { body } = await made.page!.get(`find?text=${encodeURIComponent(email)}`);

    expect(body).toMatchObject({ asEmail: false, matches: [], customers: [] });
  });
});

describe('a change', () => {
  it('is planned first, and is done once', async () => {
    const id = await misunderstood();
    const change = { do: 'replay', orders: [nameOf(id)], source: 'raw' };

    const { body: plan } = await made.page!.post('plan', change);
    const between = await shop.table.get(keyOf(id));
    const { id: planId } = plan as { id: string };
    const { body: outcome } = await made.page!.post('run', { plan: planId });
    const again = await made.page!.post('run', { plan: planId });

    expect(plan).toMatchObject({ lines: [{ changes: ['state'] }] });
    expect(between?.state).toBe('needs-review');
    expect(outcome).toMatchObject({ good: true });
    expect((await shop.table.get(keyOf(id)))?.state).toBe('ok');
    expect(again.status).toBe(409);
  });
});

const executable = browserHere();
if (executable === undefined) {
  it('no screen is looked at: there is no chromium here (apt-get install chromium, or CHROMIUM=/path)', () => {
    expect(executable).toBeUndefined();
  });
} else {
  const seen: Partial<{ browser: Browser; page: Page; trouble: string[] }> = {};
  beforeAll(async () => {
    seen.browser = await launch(executable);
    const context = await seen.browser.newContext({ locale: 'en-GB' });
    const page = await context.newPage();
    seen.trouble = [];
    page.on('pageerror', (error) => seen.trouble?.push(error.message));
    page.on('console', (message) => message.type() === 'error' && seen.trouble?.push(message.text()));
    await page.goto(made.page!.link());
    await page.waitForSelector('.rows');
    seen.page = page;
  });
  afterAll(() => seen.browser?.close());

  /** A person who counts their clicks. */
  function person() {
    const page = seen.page!;
    let clicks = 0;
    return {
      click: async (role: 'link' | 'button', name: string | RegExp, within = 'body') => {
        clicks += 1;
        await page.locator(within).getByRole(role, { name }).first().click();
      },
      clicks: () => clicks,
      /** Once what came of it is shown. */
      close: async () => {
        await page.locator('dialog[open] [role=status] .plan').waitFor();
        await page.keyboard.press('Escape');
      },
      sees: (text: string | RegExp) => page.getByText(text).first().waitFor(),
    };
  }
  const goTo = async (hash: string) => {
    await seen.page!.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    await seen.page!.locator('main .cost').first().waitFor();
  };

  describe('in a browser', () => {
    it.each([...SCREENS, 'order'])(
      '%s has no serious finding of axe, light or dark, and is as wide as the window',
      async (screen) => {
        const page = seen.page!;
        const about = screen === 'order' ? `/${encodeURIComponent(nameOf(made.id!))}` : '';
        await goTo(`#/${screen}${about}`);
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          // Whoever drives the browser may run what the page's own rules forbid.
          await page.evaluate(axe.source);
          const { violations } = await page.evaluate<AxeResult>('axe.run()');
          const found = violations
            .filter(({ impact }) => impact === 'serious' || impact === 'critical')
            .map(({ id, nodes }) => `${id}: ${JSON.stringify(nodes.map(({ target }) => target))}`);
          expect(found).toEqual([]);
        }
        for (const width of [360, 800, 1440]) {
          await page.setViewportSize({ width, height: 900 });
          const over = await page.evaluate<number>(
            'document.documentElement.scrollWidth - window.innerWidth',
          );
          expect([width, over]).toEqual([width, 0]);
        }
      },
    );

    it.each(LANGUAGES)(
      'no label of an order runs into its value in a narrow window, in %s',
      async (language) => {
        const page = seen.page!;
        await page.setViewportSize({ width: 360, height: 900 });
        await goTo(`#/order/${encodeURIComponent(nameOf(made.id!))}`);
        // The place to choose it stands in the frame.
        await page.locator('.settings select').first().selectOption(language);

        const wide = await page.evaluate<string[]>(
          `[...document.querySelectorAll('.facts dt')].filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent)`,
        );

        await page.locator('.settings select').first().selectOption('en');
        await page.setViewportSize({ width: 1440, height: 900 });
        expect(wide).toEqual([]);
      },
    );

    it.each(LANGUAGES)(
      "a page that only reads says so beside the program's name, in %s",
      async (language) => {
        const page = seen.page!;
        await page.setViewportSize({ width: 360, height: 900 });
        await goTo('#/now');
        await page.locator('.settings select').first().selectOption(language);

        const free = await page.evaluate<number>(
          `(() => {
          const [name, mode] = [document.querySelector('.brand strong'), document.querySelector('.mode')];
          const shown = mode.textContent;
          mode.textContent = ${JSON.stringify(speakerOf(language).say('readOnly'))};
          const words = document.createRange();
          words.selectNodeContents(name);
          const free = mode.getBoundingClientRect().left - words.getBoundingClientRect().right;
          mode.textContent = shown;
          return free;
        })()`,
        );

        await page.locator('.settings select').first().selectOption('en');
        await page.setViewportSize({ width: 1440, height: 900 });
        expect(free).toBeGreaterThan(0);
      },
    );

    it('a search by a text that is too long for any order says so', async () => {
      const page = seen.page!;
      await goTo('#/now');

      await page.evaluate(`location.hash = '#/find/${'x'.repeat(255)}'`);

      await page.getByText('That is too long to look for.').waitFor();
      expect(await page.getByText('ZodError').count()).toBe(0);
    });

    it('the link leaves the address at once, and a second use of it is locked out', async () => {
      const used = `${new URL(seen.page!.url()).origin}/#t=${'a'.repeat(43)}`;
      const other = await seen.browser!.newContext({ locale: 'en-GB' });
      const page = await other.newPage();
      await page.goto(used);
      await page.getByText('This page is locked').waitFor();

      expect(page.url()).not.toContain('#t=');
      expect(seen.page!.url()).not.toContain('#t=');
      await other.close();
    });

    it('a search that finds one order leads to it, and a person finds the place to search by a key', async () => {
      const page = seen.page!;
      const number = (await shop.table.get(keyOf(made.id!)))?.order?.displayNumber;
      await goTo('#/now');

      await page.keyboard.press('/');
      await page.locator('#search').fill(`nuvemshop:${number}`);
      await page.keyboard.press('Enter');

      await page.getByRole('heading', { name: `Nuvemshop #${number}` }).waitFor();
      expect(decodeURIComponent(page.url())).toContain(nameOf(made.id!));
    });

    it('a search by an e-mail finds the order, and leaves it in no address and no history', async () => {
      const page = seen.page!;
      const { email = '' } = (await shop.table.get(keyOf(made.id!)))?.personal ?? {};
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await goTo('#/now');

      await page.keyboard.press('/');
      await page.locator('#search').fill(email);
      await page.keyboard.press('Enter');

      await page.getByText('by its e-mail').first().waitFor();
      expect(new URL(page.url()).hash).toBe('#/find');
      expect(asked.length).toBeGreaterThan(0);
      expect(decodeURIComponent(asked.join())).not.toContain(email);
    });

    it('a new link that is opened in the same tab lets in again', async () => {
      const page = seen.page!;
      const token = new URL(made.page!.link()).hash;
      await page.evaluate(`location.hash = ${JSON.stringify(token)}`);

      await page.waitForURL((url) => !url.hash.startsWith('#t='));
      await page.locator('main .cost').first().waitFor();
      expect(new URL(made.page!.link()).hash).not.toBe(token);
    });

    it('keys move between rows and screens', async () => {
      const page = seen.page!;
      await goTo('#/find');
      await page.locator('h1').first().click();
      await page.keyboard.press('j');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Its way' }).waitFor();
      await page.keyboard.press('3');
      await page.getByRole('heading', { name: 'Now', exact: true }).waitFor();
    });

    it('a screen that is loaded anew asks each of its questions once', async () => {
      const page = seen.page!;
      await goTo('#/now');
      const asked: string[] = [];
      const note = (request: Request) => void asked.push(new URL(request.url()).pathname);
      page.on('request', note);

      await page.reload();
      await page.locator('main .notice').first().waitFor();

      page.off('request', note);
      const questions = asked.filter((path) => path.startsWith('/api/')).sort();
      expect(questions).toEqual(['/api/now', '/api/state', '/api/waiting']);
    });

    it('runs without an error, and without anything that its own rules forbid', () => {
      // The lock is a refusal that the browser writes down.
      expect(seen.trouble!.filter((text) => !text.includes('401'))).toEqual([]);
    });
  });

  describe('from the page in four clicks or fewer', () => {
    it('an order is read again that was not understood', async () => {
      const id = made.misunderstood!;
      const ana = person();
      await goTo('#/find');

      await ana.click('link', /Needs review/);
      await ana.click('button', 'Read again');
      await ana.click('button', 'Do it', 'dialog');

      await expect.poll(async () => (await shop.table.get(keyOf(id)))?.state).toBe('ok');
      await ana.close();
      expect(ana.clicks()).toBeLessThanOrEqual(4);
    });

    it('a command in doubt gets its end', async () => {
      const id = made.inDoubt!;
      const ana = person();
      await goTo('#/find');

      await ana.click('link', /Commands/);
      await ana.sees(id);
      await ana.click('button', 'It happened');
      await ana.click('button', 'Do it', 'dialog');

      await expect.poll(async () => (await commands().find('erp', id))?.command.state).toBe('done');
      await ana.close();
      expect(ana.clicks()).toBeLessThanOrEqual(4);
    });

    it('a platform that shows another number than it was told is told again', async () => {
      const { sku, shown } = made.drifted!;
      const ana = person();
      await goTo('#/find');

      await ana.click('link', /^Stock/);
      await ana.sees(sku);
      await ana.sees(/It shows 508, and should show \d\./);
      await ana.click('button', 'Tell it again');
      await ana.sees(`Nuvemshop ${STORE}: 508`);
      await ana.click('button', 'Do it', 'dialog');

      await expect.poll(shown).toBeLessThanOrEqual(COUNTED);
      await ana.close();
      await seen.page!.getByText(/It shows 508/).waitFor({ state: 'detached' });
      expect(ana.clicks()).toBeLessThanOrEqual(4);
    });

    it('an order that no webhook told of is found and brought in', async () => {
      const id = faults.unheard();
      const ana = person();
      await goTo('#/find');

      await ana.click('link', 'Reconciliations');
      await ana.click('button', /^Compare the last 24 hours/, `section.card:has-text("${STORE}")`);
      await ana.click('button', 'Do it', 'dialog');

      await expect.poll(async () => (await shop.table.get(keyOf(id)))?.state).toBe('ok');
      await ana.close();
      expect(ana.clicks()).toBeLessThanOrEqual(4);
    });

    it('what a platform has already is imported, and the dialog says what came and what did not', async () => {
      const id = faults.unheard();
      const ana = person();
      await goTo('#/reconciliations');

      await ana.click('button', 'Import what is there', `section.card:has-text("${STORE}")`);
      await ana.sees('switched off in the configuration');
      await ana.click('button', 'Do it', 'dialog');
      await ana.sees(/1 recorded/);

      expect(await shop.table.get(keyOf(id))).toMatchObject({ origin: { first: { via: 'reconcile' } } });
      await ana.close();
    });

    it('a store whose token was revoked gets a new one', async () => {
      const id = await faults.revoked();
      await expect.poll(() => readCircuit({ ...controlOf(shop), ...keyOf(id) })).toBeDefined();
      const ana = person();
      await goTo('#/find');

      await ana.click('link', 'Now');
      const installation = seen.page!.context().waitForEvent('page');
      await ana.click('link', 'Install the app again');
      await (await installation).getByText('The store is connected').first().waitFor();

      await expect.poll(() => readCircuit({ ...controlOf(shop), ...keyOf(id) })).toBeUndefined();
      await expect
        .poll(async () => {
          // Messages look again within minutes.
          shop.cloud.endWaits('Nuvemshop/Orders/Intake/Queue');
          return (await shop.table.get(keyOf(id)))?.state;
        })
        .toBe('ok');
      expect(ana.clicks()).toBeLessThanOrEqual(4);
    });

    it('an endpoint that was down is sent its events', async () => {
      await landed();
      const ana = person();
      await goTo('#/find');

      await ana.click('link', 'Now');
      await ana.sees(DOWN);
      await ana.click('button', 'Resume');
      await ana.click('button', 'Do it', 'dialog');

      await expect.poll(() => made.down!.got()).toBeGreaterThan(0);
      expect((await createEndpointAdmin(controlOf(shop)).get(DOWN))?.status).toBe('active');
      await ana.close();
      expect(ana.clicks()).toBeLessThanOrEqual(4);
    });
  });
}
