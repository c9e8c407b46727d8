import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { channelsOf } from '../../config/merchant.ts';
import { ERP_OUTPUTS, queueOutputs } from '../../config/output-names.ts';
import { demo, flatten, resourcesOf, stacksOf } from './assembly.ts';

const stacks = stacksOf(demo);
const outputs = stacks.flatMap((stack) => stack.outputs).filter((output) => output.Export === undefined);

const channels = channelsOf(demo);
/** Secrets that nobody types in. */
const COMMANDED: ReadonlySet<string> = new Set([ERP_OUTPUTS.tokens, ERP_OUTPUTS.signing]);
/** Resources of the API that the platforms call; the merchant's own system has another. */
const ofWebhooks = (type: string) => resourcesOf(stacks, type).filter(({ id }) => id.startsWith('Webhooks'));
const posted = channels.flatMap(({ platform, stores }) => platform.webhook?.routes(stores) ?? []);
const shown = channels.flatMap(({ platform: { oauth } }) => (oauth ? [oauth.start, oauth.callback] : []));

const posts = posted.map(({ path }) => `POST ${path}`);
const gets = shown.map(({ path }) => `GET ${path}`);
const ASTRAY = ['ANY /webhooks/nuvemshop/{proxy+}', 'ANY /webhooks/pedidosya/{proxy+}', '$default'];

test('the API has the routes of the platforms, and those that take what goes astray: platforms POST, browsers GET', () => {
  const routes = ofWebhooks('AWS::ApiGatewayV2::Route').map((one) => one.Properties.RouteKey);
  expect(routes.sort()).toEqual([...posts, ...gets, ...ASTRAY].sort());
  expect(routes).toHaveLength(10);
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

test('each route has a limit of its own, so a flood of one refuses nothing of the others', () => {
  const [stage] = ofWebhooks('AWS::ApiGatewayV2::Stage');
  const limited = (rate: number, burst: number) => ({
    ThrottlingRateLimit: rate,
    ThrottlingBurstLimit: burst,
  });
  const all = (keys: string[], limit: object) => Object.fromEntries(keys.map((key) => [key, limit]));
  expect(stage?.Properties).toMatchObject({ DefaultRouteSettings: limited(20, 50) });
  expect(stage?.Properties.RouteSettings).toEqual({
    ...all(posts, limited(20, 50)),
    ...all([...gets, ...ASTRAY], limited(2, 10)),
  });
});

test('a stage is deployed after the routes that it limits', () => {
  const [stage] = ofWebhooks('AWS::ApiGatewayV2::Stage');
  const routes = ofWebhooks('AWS::ApiGatewayV2::Route').map(({ id }) => id);
  const { DependsOn } = z.looseObject({ DependsOn: z.array(z.string()) }).parse(stage);
  expect(DependsOn).toEqual(expect.arrayContaining(routes));
});

test('the access log has no body, header or source address', () => {
  const [stage] = ofWebhooks('AWS::ApiGatewayV2::Stage');
  expect(stage?.Properties).toMatchObject({ StageName: '$default', AutoDeploy: true });
  const { Format } = z.looseObject({ Format: z.string() }).parse(stage?.Properties.AccessLogSettings);
  expect(Format).toContain('$context.routeKey');
  expect(Format).not.toMatch(/identity|request\.header|body|userAgent/);
});

describe('outputs', () => {
  test.each([...posted, ...shown].map((route) => [route.path, route] as const))(
    '%s has an output that says where to paste it',
    (path, route) => {
      const output = outputs.find((one) =>
        flatten(one.Value)
          .replace(/\?key=.*$/, '')
          .endsWith(path),
      );
      expect(output?.key).toBe(route.output);
      expect(output?.Description).toBe(route.pasteInto);
      expect(output?.Description).toMatch(/field/i);
    },
  );

  test('the installation link carries the key that the function knows, and nothing else does', () => {
    const start = outputs.find(({ key }) => key === 'NuvemshopInstallUrl');
    const variables = resourcesOf(stacks, 'AWS::Lambda::Function').flatMap(({ id, Properties }) => {
      const { Environment } = z
        .looseObject({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) })
        .parse(Properties);
      return 'INSTALL_KEY' in Environment.Variables ? [[id, flatten(Environment.Variables.INSTALL_KEY)]] : [];
    });
    expect(variables).toHaveLength(1);
    const [[id = '', key = ''] = []] = variables as [string, string][];
    expect(id).toMatch(/^NuvemshopInstall/);
    expect(flatten(start?.Value).split('?key=')[1]).toBe(key);
    // Two texts that CloudFormation draws: in the id of the stack, and in the name of a table.
    expect(key).toMatch(/AWS::StackId.*ControlTable/);
  });

  test("the queues have the names by which the operator's commands find them", () => {
    const keys = outputs.map(({ key }) => key);
    for (const { platform } of channels)
      expect(keys).toEqual(expect.arrayContaining(Object.values(queueOutputs(platform.name))));
  });

  test('each secret has an output that says what to put in', () => {
    const secrets = resourcesOf(stacks, 'AWS::SecretsManager::Secret');
    const named = outputs.filter((one) => one.key.endsWith('SecretArn'));
    expect(named.map((one) => flatten(one.Value)).sort()).toEqual(secrets.map((one) => one.id).sort());
    for (const { key, Description } of named.filter((one) => one.key !== ERP_OUTPUTS.emailKey))
      expect(Description).toMatch(
        COMMANDED.has(key) ? /"npx acopio --merchant \w+ .*" fills it in/ : /put in: \{"\w+":"\.\.\."/i,
      );
  });

  test('a secret that is none of ours to fill in says so', () => {
    const [output] = outputs.filter(({ key }) => key === ERP_OUTPUTS.emailKey);
    expect(output?.Description).toMatch(/Generated; nobody fills it in$/);
  });

  test('a secret that the platform lets us choose is generated, and its output says where to read and type it', () => {
    const [output] = outputs.filter(({ key }) => key === 'PedidosyaWebhookSecretArn');
    expect(output?.Description).toMatch(/Generated: read its field "secret" with .* type it into that panel/);
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
