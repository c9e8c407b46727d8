import { LocalCloudError } from '../errors.ts';
import type { FunctionService } from '../functions/function-service.ts';
import type { RequestHandler } from '../gateway/listen.ts';
import { select } from '../resources/select.ts';
import type { Deployment } from '../template/deployment.ts';
import type { Placement } from '../template/identity.ts';
import { type ApiTarget, createHttpApi } from './http-api.ts';
import type { Route } from './routes.ts';
import { type Throttle, Throttles } from './throttles.ts';

/** Makes the HTTP APIs of a deployment, by id. */
export function buildHttpApis(
  deployment: Deployment,
  functions: FunctionService,
  placement: Placement,
  options: { now: () => number; throttled: boolean },
): Map<string, RequestHandler> {
  return new Map(
    select(deployment, 'AWS::ApiGatewayV2::Api').map(({ ref }) => [
      ref,
      buildHttpApi(ref, deployment, functions, placement, options),
    ]),
  );
}

function buildHttpApi(
  apiId: string,
  deployment: Deployment,
  functions: FunctionService,
  placement: Placement,
  { now, throttled }: { now: () => number; throttled: boolean },
): RequestHandler {
  const ofApi = <T extends { properties: { ApiId: string } }>(one: T): boolean =>
    one.properties.ApiId === apiId;
  const stage = select(deployment, 'AWS::ApiGatewayV2::Stage').find(ofApi);
  const integrations = select(deployment, 'AWS::ApiGatewayV2::Integration').filter(ofApi);
  const routes = select(deployment, 'AWS::ApiGatewayV2::Route')
    .filter(ofApi)
    .map(({ properties, place }): Route<ApiTarget> => {
      const integration = integrations.find(({ ref }) => properties.Target === `integrations/${ref}`);
      if (!integration) {
        throw new LocalCloudError(
          'unresolved-reference',
          `${place} leads to ${properties.Target}, which no stack has.`,
        );
      }
      const { IntegrationUri, TimeoutInMillis } = integration.properties;
      return {
        routeKey: properties.RouteKey,
        target: { local: functions.find(IntegrationUri), timeoutMs: TimeoutInMillis },
      };
    });
  const {
    StageVariables: stageVariables,
    RouteSettings = {},
    DefaultRouteSettings,
  } = stage?.properties ?? {};
  const limitOf = (routeKey: string): Throttle | undefined => {
    const settings = { ...DefaultRouteSettings, ...RouteSettings[routeKey] };
    const { ThrottlingRateLimit: rateLimit, ThrottlingBurstLimit: burstLimit } = settings;
    return rateLimit === undefined || burstLimit === undefined ? undefined : { rateLimit, burstLimit };
  };
  return createHttpApi({
    routes,
    functions,
    now,
    throttles: throttled ? new Throttles(limitOf, now) : undefined,
    api: {
      apiId,
      account: placement.account,
      region: placement.region,
      ...(stageVariables ? { stageVariables } : {}),
    },
  });
}
