import { describe, expect, test } from 'vitest';
import type { Merchant } from '../../../config/merchant.ts';
import { leftAfterDestroy, nextSteps } from '../../../scripts/deploy/next-steps.ts';
import { demo, merchantWith, stacksOf } from '../../lib/assembly.ts';

/** Each output has its own name as its value, so that the text can be searched for it. */
const outputsOf = (merchant: Merchant) =>
  Object.fromEntries(
    stacksOf(merchant).flatMap(({ outputs }) =>
      outputs.map(({ key }): [string, string] => [key, `<${key}>`]),
    ),
  );
const textFor = (merchant: Merchant) => nextSteps(merchant, outputsOf(merchant));

describe('after a deployment', () => {
  const text = textFor(demo);

  test('the steps come in the order in which they work', () => {
    const steps = [...text.matchAll(/^(\d)\. (\w+ \w+ \w+)/gm)].map(
      ([, number, words]) => `${number} ${words}`,
    );

    expect(steps).toEqual([
      '1 Confirm the mail',
      '2 Connect each platform',
      '3 Use these URLs',
      '4 See whether all',
      '5 Place a test',
      '6 Let the merchant',
    ]);
  });

  test.each(['nuvemshop', 'pedidosya', 'imotriz'])('%s is connected by one command', (platform) => {
    expect(text).toContain(`npx acopio --merchant ${demo.name} connect ${platform}\n`);
  });

  test('the merchant’s own system is let in at its address by one command', () => {
    expect(text).toMatch(
      /<ApiUrl>\n +npx acopio --merchant demo tokens create erp --scopes orders:read orders:personal\n/,
    );
    expect(text).toMatch(/- The address of the API .* belongs to the Integration stack/);
  });

  test('no secret is asked for by hand', () => {
    expect(text).not.toMatch(/put-secret-value|SecretArn/);
  });

  test.each([
    ['PedidosyaWebhookUrl', /PedidosYa Partner Portal.*URL field/],
    ['NuvemshopRedirectUrl', /Nuvemshop partner panel.*"Redirect URL"/],
    ['NuvemshopInstallUrl', /Open it, whole with its key, in a browser/],
  ])('%s stands below the panel and the field that it goes into', (output, panel) => {
    const lines = text.split('\n');

    expect(lines[lines.findIndex((line) => line.includes(`<${output}>`)) - 1]).toMatch(panel);
  });

  test('the redirect comes before the installation that needs it', () => {
    expect(text.indexOf('<NuvemshopRedirectUrl>')).toBeLessThan(text.indexOf('<NuvemshopInstallUrl>'));
  });

  test('what would be learnt too late otherwise is said: room for functions, URLs, reconciliation', () => {
    expect(text).toMatch(/- In its worst moment this merchant runs 30 functions at once/);
    expect(text).toMatch(/- The URLs belong to this API/);
    expect(text).toMatch(/- iMotriz is not reconciled: .*paths/);
  });
});

test('a merchant with a domain is told which record to make, and gets URLs of it', () => {
  const certificateArn = 'arn:aws:acm:sa-east-1:123456789012:certificate/0a1b';
  const merchant = merchantWith({ webhookDomain: { name: 'hooks.example.com', certificateArn } });

  const text = textFor(merchant);

  expect(text).toContain('hooks.example.com CNAME <WebhookDomainTarget>');
  expect(text).not.toContain('The URLs belong to this API');
  const { outputs } = stacksOf(merchant).find(({ name }) => name.endsWith('Integration')) ?? { outputs: [] };
  expect(outputs.find(({ key }) => key === 'PedidosyaWebhookUrl')?.Value).toMatch(
    /^https:\/\/hooks\.example\.com\/webhooks\/pedidosya\//,
  );
});

test('a merchant without a budget is told that nobody watches the bill', () => {
  expect(textFor(merchantWith({ monthlyBudgetUsd: undefined }))).toContain('monthlyBudgetUsd');
});

test('of a merchant that is removed, every queue that stays is named with the command that deletes it', () => {
  const text = leftAfterDestroy(demo, outputsOf(demo));

  const kept = stacksOf(demo)
    .flatMap(({ resources }) => resources)
    .filter(({ Type, DeletionPolicy }) => Type === 'AWS::SQS::Queue' && DeletionPolicy !== 'Delete');
  expect(text.match(/ aws sqs delete-queue .*--queue-url <\w+>/g)).toHaveLength(kept.length);
  expect(text).toContain('--queue-url <UnfollowedQueueUrl>');
});
