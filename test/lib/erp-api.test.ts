import { expect, test } from 'vitest';
import * as z from 'zod';
import { routeKeyOf } from '../../functions/erp/api/route.ts';
import { ROUTES } from '../../functions/erp/api/routes.ts';
import { demo, flatten, resourcesOf, stacksOf } from './assembly.ts';

const stacks = stacksOf(demo);
const ofApi = (type: string) => resourcesOf(stacks, type).filter(({ id }) => id.startsWith('ErpHttp'));
const [stage] = ofApi('AWS::ApiGatewayV2::Stage');

test('the API has the routes of the table, and one for what there is not', () => {
  const keys = ofApi('AWS::ApiGatewayV2::Route').map(({ Properties }) => Properties.RouteKey);

  expect(keys.sort()).toEqual([...ROUTES.map(routeKeyOf), '$default'].sort());
});

test('each route has a limit of its own, apart from those of the webhooks', () => {
  const limits = z.record(z.string(), z.unknown()).parse(stage?.Properties.RouteSettings);

  expect(Object.keys(limits).sort()).toEqual([...ROUTES.map(routeKeyOf), '$default'].sort());
  for (const limit of Object.values(limits))
    expect(limit).toEqual({
      ThrottlingRateLimit: expect.any(Number),
      ThrottlingBurstLimit: expect.any(Number),
    });
});

test('its stage is deployed after the routes that it limits', () => {
  const { DependsOn } = z.looseObject({ DependsOn: z.array(z.string()) }).parse(stage);

  expect(DependsOn).toEqual(expect.arrayContaining(ofApi('AWS::ApiGatewayV2::Route').map(({ id }) => id)));
});

test('its access log has no body, header or source address', () => {
  const { Format } = z.looseObject({ Format: z.string() }).parse(stage?.Properties.AccessLogSettings);

  expect(Format).toContain('$context.routeKey');
  expect(Format).not.toMatch(/identity|request\.header|body|userAgent/);
});

test('its address is an output', () => {
  const output = stacks.flatMap(({ outputs }) => outputs).find(({ key }) => key === 'ApiUrl');

  expect(flatten(output?.Value)).toContain('ErpHttpApi');
});

test('orders that nobody acknowledges raise an alarm only where the merchant says that its system does', () => {
  const alarmsOf = (merchant: typeof demo) =>
    resourcesOf(stacksOf(merchant), 'AWS::CloudWatch::Alarm').map(({ Properties }) =>
      String(Properties.AlarmName),
    );

  expect(alarmsOf(demo)).toContain('Acopio-demo.erp.orders-unacknowledged');
  expect(alarmsOf({ ...demo, erp: { commandsLateMinutes: 15 } })).not.toContain(
    'Acopio-demo.erp.orders-unacknowledged',
  );
});
