import { CfnOutput, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Route } from '../../functions/platforms/store.ts';
import type { Deployment } from '../deployment.ts';

/**
 * One line per request: enough to tell whether a platform called and what it was answered. No body, no header and no
 * source address, which may be a person's.
 */
const ACCESS_LOG = JSON.stringify({
  requestId: '$context.requestId',
  time: '$context.requestTime',
  route: '$context.routeKey',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  integrationStatus: '$context.integrationStatus',
  integrationError: '$context.integrationErrorMessage',
  error: '$context.error.message',
});

/** The HTTP API that the platforms call. It authenticates nobody: each receiver verifies the origin of what it gets. */
export class WebhookApi extends Construct {
  readonly api: HttpApi;

  constructor(scope: Construct, id: string, { merchant, alarms }: Deployment) {
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
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      // Far above what a shop's platforms send; a flood costs at most this.
      throttle: { rateLimit: 100, burstLimit: 200 },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup),
        format: AccessLogFormat.custom(ACCESS_LOG),
      },
    });
    alarms.raise(this, 'api-server-errors', { subject: 'webhooks', metric: this.api.metricServerError() });
  }

  /** Sends POSTs to these paths to a receiver, and names each URL in an output of the stack. */
  receive(receiver: LambdaFunction, routes: readonly Route[]): void {
    this.route(receiver, routes, HttpMethod.POST);
  }

  /** Lets a browser GET these paths from a function, and names each URL in an output of the stack. */
  show(pages: LambdaFunction, routes: readonly Route[]): void {
    this.route(pages, routes, HttpMethod.GET);
  }

  urlOf(path: string): string {
    return `${this.api.apiEndpoint}${path}`;
  }

  private route(target: LambdaFunction, routes: readonly Route[], method: HttpMethod): void {
    const integration = new HttpLambdaIntegration(`${routes[0]?.output ?? ''}Receiver`, target);
    for (const route of routes) {
      this.api.addRoutes({ path: route.path, methods: [method], integration });
      new CfnOutput(Stack.of(this), route.output, {
        value: this.urlOf(route.path),
        description: route.pasteInto,
      });
    }
  }
}
