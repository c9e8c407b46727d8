import { CfnOutput, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  type CfnStage,
  HttpApi,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ERP_OUTPUTS } from '../../config/output-names.ts';
import { type Method, type Route, routeKeyOf } from '../../functions/erp/api/route.ts';
import { ROUTES } from '../../functions/erp/api/routes.ts';
import type { Deployment } from '../deployment.ts';
import { ACCESS_LOG, type Throttle } from './webhook-api.ts';

/**
 * Requests a second that a route takes for good, and at once. Each route has a limit of its own, apart from those of the
 * webhooks: whoever reads without pause keeps no platform from delivering.
 */
export const API_THROTTLES = {
  read: { rateLimit: 10, burstLimit: 20 },
  write: { rateLimit: 10, burstLimit: 20 },
  /** Paths and methods that there are not, and HEAD and OPTIONS. */
  astray: { rateLimit: 2, burstLimit: 10 },
} as const satisfies Record<string, Throttle>;

export const throttleOf = ({ method }: { method: Method }): Throttle =>
  method === 'GET' ? API_THROTTLES.read : API_THROTTLES.write;

const DEFAULT_ROUTE = '$default';

/** The HTTP API of the merchant's own system, with the routes of the one table of routes. */
export class ErpApi extends Construct {
  constructor(scope: Construct, id: string, { merchant, alarms }: Deployment, target: LambdaFunction) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'AccessLogs', {
      retention: merchant.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const api = new HttpApi(this, 'Api', {
      description: `API for the own system of merchant ${merchant.name}`,
      apiName: `Acopio-${merchant.name}-erp`,
      createDefaultStage: false,
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason:
        "The merchant's system has tokens of ours and neither IAM nor a JWT; the function checks them before anything else.",
    });
    const stage = new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: DEFAULT_ROUTE,
      autoDeploy: true,
      throttle: API_THROTTLES.astray,
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup),
        format: AccessLogFormat.custom(ACCESS_LOG),
      },
    });
    const integration = new HttpLambdaIntegration('Function', target);
    const routes = ROUTES.flatMap((route) => add(api, route, integration));
    const astray = new HttpRoute(this, 'Astray', {
      httpApi: api,
      routeKey: HttpRouteKey.DEFAULT,
      integration,
    });
    const cfnStage = stage.node.defaultChild as CfnStage;
    cfnStage.routeSettings = settings();
    // A stage may only set what there is.
    for (const route of [...routes, astray]) cfnStage.node.addDependency(route);
    alarms.raise(this, 'erp-api-server-errors', { subject: 'erp', metric: api.metricServerError() });
    new CfnOutput(Stack.of(this), ERP_OUTPUTS.api, {
      value: api.apiEndpoint,
      description: "The merchant's own system: first part of the API's addresses, such as <this>/v1/orders",
    });
  }
}

const add = (api: HttpApi, { method, path }: Route, integration: HttpLambdaIntegration): HttpRoute[] =>
  api.addRoutes({ path, methods: [HttpMethod[method]], integration });

/** By the key of the route, as CloudFormation writes them. */
function settings(): Record<string, { ThrottlingRateLimit: number; ThrottlingBurstLimit: number }> {
  const limits: [string, Throttle][] = [
    ...ROUTES.map((route): [string, Throttle] => [routeKeyOf(route), throttleOf(route)]),
    [DEFAULT_ROUTE, API_THROTTLES.astray],
  ];
  return Object.fromEntries(
    limits.map(([key, { rateLimit, burstLimit }]) => [
      key,
      { ThrottlingRateLimit: rateLimit, ThrottlingBurstLimit: burstLimit },
    ]),
  );
}
