import { createHash } from 'node:crypto';
import type { Json } from '../json.ts';

/** What `Ref` and `Fn::GetAtt` of a resource give. */
export interface Identity {
  ref: string;
  attributes: Readonly<Record<string, string>>;
}

/** The account and the addresses that physical ids are made of. */
export interface Placement {
  account: string;
  region: string;
  /** Base URL of the gateway: queue URLs point at it, so that permissions are checked there. */
  endpoint: string;
  /** Base URL of each HTTP API. @param apiId as {@link apiIdOf} makes it */
  urlOfApi(apiId: string): string;
}

export interface Named {
  stack: string;
  logicalId: string;
  /** Reads one resolved property. */
  property(name: string): Json;
}

/** The id of an HTTP API, as the beginning of its address on AWS. */
export const apiIdOf = ({ stack, logicalId }: Pick<Named, 'stack' | 'logicalId'>): string =>
  createHash('sha256').update(`${stack}/${logicalId}`).digest('hex').slice(0, 10);

type Identify = (resource: Named, placement: Placement) => Identity;

/**
 * A physical name as CloudFormation makes them: stack, logical id and a suffix, cut to what the service allows. It is
 * the same in every run, so that what a person wrote down stays true.
 */
export function physicalName(resource: Named, property: string | undefined, longest: number): string {
  const given = property === undefined ? undefined : resource.property(property);
  if (typeof given === 'string') return given;
  const whole = `${resource.stack}-${resource.logicalId}`;
  const suffix = createHash('sha256').update(whole).digest('hex').slice(0, 8);
  return `${whole.slice(0, longest - 9)}-${suffix}`;
}

/** What stands for a UUID that AWS draws: the same in every run. */
export const uuidOf = (text: string): string =>
  createHash('sha256')
    .update(text)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');

const arn = (placement: Placement, service: string, resource: string): string =>
  `arn:aws:${service}:${placement.region}:${placement.account}:${resource}`;
const globalArn = (placement: Placement, service: string, resource: string): string =>
  `arn:aws:${service}::${placement.account}:${resource}`;

/** The time at which AWS would have made the stream; the same in every run. */
const STREAM_LABEL = '2026-01-01T00:00:00.000';

const table: Identify = (resource, placement) => {
  const name = physicalName(resource, 'TableName', 255);
  const tableArn = arn(placement, 'dynamodb', `table/${name}`);
  // Only a table with a stream has the address of one.
  const stream =
    resource.property('StreamSpecification') === undefined
      ? {}
      : { StreamArn: `${tableArn}/stream/${STREAM_LABEL}` };
  return { ref: name, attributes: { Arn: tableArn, ...stream } };
};

/** An identity whose `Ref` is its name and which has an `Arn`. */
const namedWithArn =
  (
    property: string | undefined,
    longest: number,
    service: string,
    prefix: string,
    extra?: string,
  ): Identify =>
  (resource, placement) => {
    const name = physicalName(resource, property, longest);
    const attributes = { Arn: arn(placement, service, prefix + name), ...(extra ? { [extra]: name } : {}) };
    return { ref: name, attributes };
  };

/** An identity that nothing can be asked of but its `Ref`. */
const named: Identify = (resource) => ({ ref: physicalName(resource, undefined, 64), attributes: {} });

export const IDENTITIES: Readonly<Record<string, Identify>> = {
  'AWS::DynamoDB::Table': table,
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::SQS::Queue': (resource, placement) => {
    const name = physicalName(resource, 'QueueName', 80);
    const url = `${placement.endpoint}/${placement.account}/${name}`;
    return { ref: url, attributes: { Arn: arn(placement, 'sqs', name), QueueName: name, QueueUrl: url } };
  },
  'AWS::Lambda::Function': namedWithArn('FunctionName', 64, 'lambda', 'function:'),
  'AWS::Lambda::EventSourceMapping': named,
  'AWS::Lambda::EventInvokeConfig': named,
  'AWS::Lambda::Permission': named,
  'AWS::SecretsManager::Secret': (resource, placement) => {
    const name = physicalName(resource, 'Name', 200);
    const suffix = createHash('sha256').update(name).digest('hex').slice(8, 14);
    const secretArn = arn(placement, 'secretsmanager', `secret:${name}-${suffix}`);
    return { ref: secretArn, attributes: { Id: secretArn } };
  },
  'AWS::SNS::Topic': (resource, placement) => {
    const name = physicalName(resource, 'TopicName', 256);
    const topicArn = arn(placement, 'sns', name);
    return { ref: topicArn, attributes: { TopicArn: topicArn, TopicName: name } };
  },
  'AWS::SNS::Subscription': named,
  'AWS::SNS::TopicPolicy': named,
  'AWS::SQS::QueuePolicy': named,
  'AWS::SecretsManager::ResourcePolicy': named,
  'AWS::Events::EventBus': namedWithArn('Name', 256, 'events', 'event-bus/', 'Name'),
  'AWS::Events::Archive': namedWithArn('ArchiveName', 48, 'events', 'archive/', 'ArchiveName'),
  'AWS::Events::Rule': namedWithArn('Name', 64, 'events', 'rule/'),
  'AWS::Scheduler::Schedule': namedWithArn('Name', 64, 'scheduler', 'schedule/default/'),
  'AWS::Scheduler::ScheduleGroup': namedWithArn('Name', 64, 'scheduler', 'schedule-group/'),
  'AWS::IAM::Role': (resource, placement) => {
    const name = physicalName(resource, 'RoleName', 64);
    const suffix = createHash('sha256').update(name).digest('hex').slice(0, 16).toUpperCase();
    return {
      ref: name,
      attributes: { Arn: globalArn(placement, 'iam', `role/${name}`), RoleId: `AROA${suffix}` },
    };
  },
  'AWS::IAM::Policy': named,
  'AWS::IAM::ManagedPolicy': (resource, placement) => {
    const policyArn = globalArn(
      placement,
      'iam',
      `policy/${physicalName(resource, 'ManagedPolicyName', 128)}`,
    );
    return { ref: policyArn, attributes: { PolicyArn: policyArn } };
  },
  'AWS::ApiGatewayV2::Api': (resource, placement) => {
    const id = apiIdOf(resource);
    return { ref: id, attributes: { ApiId: id, ApiEndpoint: placement.urlOfApi(id) } };
  },
  'AWS::ApiGatewayV2::Stage': (resource) => ({ ref: String(resource.property('StageName')), attributes: {} }),
  'AWS::ApiGatewayV2::Route': named,
  'AWS::ApiGatewayV2::Integration': named,
  'AWS::KMS::Key': (resource, placement) => {
    const keyId = uuidOf(`${resource.stack}/${resource.logicalId}`);
    return { ref: keyId, attributes: { Arn: arn(placement, 'kms', `key/${keyId}`), KeyId: keyId } };
  },
  'AWS::KMS::Alias': named,
  'AWS::Logs::LogGroup': (resource, placement) => {
    const name = physicalName(resource, 'LogGroupName', 512);
    return { ref: name, attributes: { Arn: `${arn(placement, 'logs', `log-group:${name}`)}:*` } };
  },
  'AWS::CloudWatch::Alarm': namedWithArn('AlarmName', 255, 'cloudwatch', 'alarm:'),
  'AWS::CloudWatch::CompositeAlarm': namedWithArn('AlarmName', 255, 'cloudwatch', 'alarm:'),
  'AWS::CloudWatch::Dashboard': named,
  'AWS::Logs::MetricFilter': named,
  'AWS::Logs::QueryDefinition': named,
  'AWS::Budgets::Budget': named,
  'AWS::CDK::Metadata': named,
};
