import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { INSTALL_ROUTES, ROUTES } from '../../functions/platforms/routes.ts';
import { demo, flatten, resourcesOf, stacksOf } from './assembly.ts';

const stacks = stacksOf(demo);
const outputs = stacks.flatMap((stack) => stack.outputs).filter((output) => output.Export === undefined);

test('the API has the routes of the contract and no other: platforms POST, browsers GET', () => {
  const routes = resourcesOf(stacks, 'AWS::ApiGatewayV2::Route').map((one) => one.Properties.RouteKey);
  expect(routes.sort()).toEqual(
    [
      ...Object.values(ROUTES).map((path) => `POST ${path}`),
      ...Object.values(INSTALL_ROUTES).map((path) => `GET ${path}`),
    ].sort(),
  );
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
  test.each([...Object.values(ROUTES), ...Object.values(INSTALL_ROUTES)])(
    '%s has an output that says where to paste it',
    (path) => {
      const output = outputs.find((one) => flatten(one.Value).endsWith(path));
      expect(output?.key).toMatch(/Url$/);
      expect(output?.Description).toMatch(/Nuvemshop|PedidosYa/);
      expect(output?.Description).toMatch(/field/i);
    },
  );

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
