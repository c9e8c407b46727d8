import { CfnOutput, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  type CfnStage,
  DomainName,
  HttpApi,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  type IDomainName,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Merchant } from '../../config/merchant.ts';
import { WEBHOOK_DOMAIN_OUTPUT } from '../../config/output-names.ts';
import { KEY_PARAMETER } from '../../functions/pipeline/install/install-key.ts';
import type { Route } from '../../functions/platforms/store.ts';
import type { Deployment } from '../deployment.ts';

/**
 * The merchant's own domain in front of the webhooks. It stands in the stack that survives, apart from the API: when the
 * API is made anew, neither the URLs in the platforms' panels nor the DNS record change.
 */
export class WebhookDomain extends Construct {
  readonly domain: IDomainName;

  constructor(
    scope: Construct,
    id: string,
    { name, certificateArn }: NonNullable<Merchant['webhookDomain']>,
  ) {
    super(scope, id);
    const certificate = Certificate.fromCertificateArn(this, 'Certificate', certificateArn);
    const domain = new DomainName(this, 'Domain', { domainName: name, certificate });
    this.domain = domain;
    new CfnOutput(Stack.of(this), WEBHOOK_DOMAIN_OUTPUT, {
      value: domain.regionalDomainName,
      description: `DNS zone of ${name}: a CNAME record from it to this name`,
    });
  }
}

/**
 * One line per request: enough to tell whether a platform called and what it was answered. No body, no header and no
 * source address, which may be a person's.
 */
export const ACCESS_LOG = JSON.stringify({
  requestId: '$context.requestId',
  time: '$context.requestTime',
  route: '$context.routeKey',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  integrationStatus: '$context.integrationStatus',
  integrationError: '$context.integrationErrorMessage',
  error: '$context.error.message',
});

/** Requests a second that a route takes for good, and at once. */
export interface Throttle {
  readonly rateLimit: number;
  readonly burstLimit: number;
}

/**
 * Each route has a limit of its own, so a flood of one refuses nothing of the others. What is above it is answered 429 by the
 * API and starts no function. docs/decisions/0024-the-public-doors.md says what a flood that stays below costs in a day.
 */
export const THROTTLES = {
  /** Above what a shop's platforms send: what is refused at a peak, they send again. */
  webhook: { rateLimit: 20, burstLimit: 50 },
  /** People install, one by one. */
  install: { rateLimit: 2, burstLimit: 10 },
  /** Calls to addresses that there are not: they are only counted. */
  astray: { rateLimit: 2, burstLimit: 10 },
} as const satisfies Record<string, Throttle>;

/** The HTTP API that the platforms call. It authenticates nobody: each receiver verifies the origin of what it gets. */
export class WebhookApi extends Construct {
  readonly api: HttpApi;
  private readonly url: string;
  private readonly stage: HttpStage;
  /** By the key of the route, as CloudFormation writes them. */
  private readonly throttled: Record<string, { ThrottlingRateLimit: number; ThrottlingBurstLimit: number }> =
    {};
  private takesAstray = false;

  /** @param domain in front of the API, if the merchant has one */
  constructor(
    scope: Construct,
    id: string,
    { merchant, alarms }: Deployment,
    domain: IDomainName | undefined,
  ) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'AccessLogs', {
      retention: merchant.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.api = new HttpApi(this, 'Api', {
      description: `Webhooks of the sales channels of merchant ${merchant.name}`,
      apiName: `Acopio-${merchant.name}`,
      createDefaultStage: false,
    });
    Validations.of(this.api).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason:
        'The platforms cannot sign for IAM or fetch a JWT; the receivers verify what each platform sends over the raw bytes.',
    });
    const { webhookDomain } = merchant;
    this.url = webhookDomain === undefined ? this.api.apiEndpoint : `https://${webhookDomain.name}`;
    this.stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      ...(domain === undefined ? {} : { domainMapping: { domainName: domain } }),
      throttle: THROTTLES.webhook,
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup),
        format: AccessLogFormat.custom(ACCESS_LOG),
      },
    });
    alarms.raise(this, 'api-server-errors', { subject: 'webhooks', metric: this.api.metricServerError() });
  }

  /**
   * Sends POSTs to these paths to a receiver, and names each URL in an output of the stack. Whatever comes to a path below
   * them, or to any path that there is not, goes to a receiver too, which counts it.
   */
  receive(receiver: LambdaFunction, routes: readonly Route[]): void {
    const integration = new HttpLambdaIntegration(`${routes[0]?.output ?? ''}Receiver`, receiver);
    for (const route of routes) {
      this.add(HttpMethod.POST, route.path, integration, THROTTLES.webhook);
      this.print(route.output, this.urlOf(route.path), route.pasteInto);
    }
    this.add(HttpMethod.ANY, `${folderOf(routes)}/{proxy+}`, integration, THROTTLES.astray);
    // One receiver is enough for what belongs to nobody, such as a path that ends in a slash.
    if (!this.takesAstray) this.throttleOf(DEFAULT_ROUTE, this.addDefault(integration), THROTTLES.astray);
    this.takesAstray = true;
  }

  /**
   * Lets a browser GET the two pages of an installation, and names each URL in an output of the stack: the first with the
   * key that opens it.
   */
  install(pages: LambdaFunction, { start, callback }: { start: Route; callback: Route }, key: string): void {
    const integration = new HttpLambdaIntegration(`${start.output}Receiver`, pages);
    for (const { path } of [start, callback]) this.add(HttpMethod.GET, path, integration, THROTTLES.install);
    this.print(start.output, `${this.urlOf(start.path)}?${KEY_PARAMETER}=${key}`, start.pasteInto);
    this.print(callback.output, this.urlOf(callback.path), callback.pasteInto);
  }

  urlOf(path: string): string {
    return `${this.url}${path}`;
  }

  private print(output: string, value: string, description: string): void {
    new CfnOutput(Stack.of(this), output, { value, description });
  }

  private add(
    method: HttpMethod,
    path: string,
    integration: HttpLambdaIntegration,
    throttle: Throttle,
  ): void {
    for (const route of this.api.addRoutes({ path, methods: [method], integration }))
      this.throttleOf(`${method} ${path}`, route, throttle);
  }

  private addDefault(integration: HttpLambdaIntegration): HttpRoute {
    return new HttpRoute(this.api, 'Astray', {
      httpApi: this.api,
      routeKey: HttpRouteKey.DEFAULT,
      integration,
    });
  }

  private throttleOf(key: string, route: HttpRoute, { rateLimit, burstLimit }: Throttle): void {
    this.throttled[key] = { ThrottlingRateLimit: rateLimit, ThrottlingBurstLimit: burstLimit };
    const stage = this.stage.node.defaultChild as CfnStage;
    stage.routeSettings = this.throttled;
    // A stage may only set what there is.
    stage.node.addDependency(route);
  }
}

const DEFAULT_ROUTE = '$default';

/** The longest folder that all paths are in, or the path itself where there is one only: `/webhooks/<platform>`. */
function folderOf(routes: readonly Route[]): string {
  const [first = [], ...others] = routes.map(({ path }) => path.split('/'));
  const shared = others.reduce(
    (known, parts) => known.filter((part, index) => parts[index] === part),
    first.slice(0, 3),
  );
  return shared.join('/');
}
