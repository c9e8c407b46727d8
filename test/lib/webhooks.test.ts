import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { channelsOf } from '../../config/merchant.ts';
import { queueOutputs } from '../../config/output-names.ts';
import { demo, flatten, resourcesOf, stacksOf } from './assembly.ts';

const stacks = stacksOf(demo);
const outputs = stacks.flatMap((stack) => stack.outputs).filter((output) => output.Export === undefined);

const channels = channelsOf(demo);
const posted = channels.flatMap(({ platform, stores }) => platform.webhook?.routes(stores) ?? []);
const shown = channels.flatMap(({ platform: { oauth } }) => (oauth ? [oauth.start, oauth.callback] : []));

test('the API has the routes of the platforms and no other: platforms POST, browsers GET', () => {
  const routes = resourcesOf(stacks, 'AWS::ApiGatewayV2::Route').map((one) => one.Properties.RouteKey);
  expect(routes.sort()).toEqual(
    [...posted.map(({ path }) => `POST ${path}`), ...shown.map(({ path }) => `GET ${path}`)].sort(),
  );
  expect(routes).toHaveLength(7);
});

test("the installation subscribes the URL of the platform's own webhooks", () => {
  const installer = resourcesOf(stacks, 'AWS::Lambda::Function').find((one) =>
    one.id.startsWith('NuvemshopInstall'),
  );
  const { Environment } = z
    .looseObject({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) })
    .parse(installer?.Properties);
  expect(flatten(Environment.Variables.WEBHOOK_URL)).toMatch(/\/webhooks\/nuvemshop$/);
});

test('the API is throttled and its access log has no body, header or source address', () => {
  const [stage] = resourcesOf(stacks, 'AWS::ApiGatewayV2::Stage');
  expect(stage?.Properties).toMatchObject({
    StageName: '$default',
    AutoDeploy: true,
    DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
  });
  const { Format } = z.looseObject({ Format: z.string() }).parse(stage?.Properties.AccessLogSettings);
  expect(Format).toContain('$context.routeKey');
  expect(Format).not.toMatch(/identity|request\.header|body|userAgent/);
});

describe('outputs', () => {
  test.each([...posted, ...shown].map((route) => [route.path, route] as const))(
    '%s has an output that says where to paste it',
    (path, route) => {
      const output = outputs.find((one) => flatten(one.Value).endsWith(path));
      expect(output?.key).toBe(route.output);
      expect(output?.Description).toBe(route.pasteInto);
      expect(output?.Description).toMatch(/field/i);
    },
  );

  test("the queues have the names by which the operator's commands find them", () => {
    const keys = outputs.map(({ key }) => key);
    for (const { platform } of channels)
      expect(keys).toEqual(expect.arrayContaining(Object.values(queueOutputs(platform.name))));
  });

  test('each secret has an output that says what to put in', () => {
    const secrets = resourcesOf(stacks, 'AWS::SecretsManager::Secret');
    const named = outputs.filter((one) => one.key.endsWith('SecretArn'));
    expect(named.map((one) => flatten(one.Value)).sort()).toEqual(secrets.map((one) => one.id).sort());
    for (const output of named) expect(output.Description).toMatch(/Put in: \{"\w+":"\.\.\."/);
  });

  test('CloudFormation takes the descriptions', () => {
    for (const output of outputs) expect(output.Description?.length, output.key).toBeLessThanOrEqual(1024);
  });
});

test('the budget mails before the money is spent', () => {
  const [budget] = resourcesOf(stacks, 'AWS::Budgets::Budget');
  expect(budget?.Properties).toMatchObject({
    Budget: { BudgetLimit: { Amount: demo.monthlyBudgetUsd, Unit: 'USD' }, TimeUnit: 'MONTHLY' },
    NotificationsWithSubscribers: [
      { Notification: { NotificationType: 'ACTUAL', Threshold: 80 } },
      { Notification: { NotificationType: 'FORECASTED', Threshold: 100 } },
    ],
  });
});
