import { type Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionName, VariablesOf } from '../../functions/runtime/environments.ts';
import { METRIC_NAMESPACE } from '../../functions/runtime/metric-names.ts';
import { functionLink } from '../alarms/console-links.ts';
import type { Deployment } from '../deployment.ts';

export interface AcopioFunctionProps<N extends FunctionName> {
  readonly name: N;
  readonly deployment: Deployment;
  readonly description: string;
  readonly timeout: Duration;
  /** MB. CPU comes with memory: 1,769 MB is one whole core. */
  readonly memorySize: number;
  /** The function's own variables; those that every function has are added here. */
  readonly variables: Omit<VariablesOf<N>, 'MERCHANT' | 'LOG_LEVEL'>;
}

/**
 * A function of ours: runtime, architecture, log group, log format, tracing and bundling fixed once, with a role that
 * can write its own logs and traces and nothing else until `allow` is called.
 */
export class AcopioFunction<N extends FunctionName = FunctionName> extends Construct {
  readonly function: LambdaFunction;
  private readonly role: Role;

  constructor(scope: Construct, id: string, props: AcopioFunctionProps<N>) {
    super(scope, id);
    // Not retained: logs expire by themselves, and what must outlive the stack stands in the tables.
    const logGroup = new LogGroup(this, 'Logs', {
      retention: props.deployment.merchant.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray knows no resource to name: its two write actions are granted on * or not at all.',
    });
    logGroup.grantWrite(this.role);
    this.function = new LambdaFunction(this, 'Function', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: props.deployment.bundles.codeOf(props.name, this),
      timeout: props.timeout,
      memorySize: props.memorySize,
      role: this.role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      tracing: Tracing.ACTIVE,
      environment: {
        ...props.variables,
        MERCHANT: props.deployment.merchant.name,
        LOG_LEVEL: 'INFO',
        POWERTOOLS_SERVICE_NAME: props.name,
        POWERTOOLS_METRICS_NAMESPACE: METRIC_NAMESPACE,
      },
    });
    const { alarms } = props.deployment;
    const link = functionLink(this.function);
    alarms.raise(this, 'function-failing', {
      subject: props.name,
      metric: this.function.metricErrors(),
      link,
    });
    alarms.raise(this, 'function-throttled', {
      subject: props.name,
      metric: this.function.metricThrottles(),
      link,
    });
  }

  /** Lets the function do exactly `actions` on exactly `resources` (ARNs). */
  allow(actions: readonly string[], resources: readonly string[]): void {
    this.role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
  }
}
