import { LocalCloudError } from '../errors.ts';
import { type Selected, select } from '../resources/select.ts';
import type { Deployment } from '../template/deployment.ts';
import { Authorizer } from './authorizer.ts';
import { parsePolicy, type Statement } from './policy.ts';
import { userArn } from './users.ts';

/**
 * AWS's own policies that functions commonly have. They allow what the platform does for a function (logs, traces),
 * which happens here without a call, so that nothing of them is ever asked for.
 */
const MANAGED: Readonly<Record<string, readonly string[]>> = {
  'service-role/AWSLambdaBasicExecutionRole': ['logs:*'],
  AWSXRayDaemonWriteAccess: ['xray:*'],
  CloudWatchLambdaInsightsExecutionRolePolicy: ['logs:*'],
};

/** Collects the policies of every role and resource. */
export function buildAuthorizer(deployment: Deployment, account: string, region: string): Authorizer {
  const authorizer = new Authorizer(account, region);
  const roles = select(deployment, 'AWS::IAM::Role');
  const managed = new Map(
    select(deployment, 'AWS::IAM::ManagedPolicy').map((policy) => [policy.ref, policy]),
  );
  const arnOf = (name: string): string => {
    const role = roles.find(({ ref }) => ref === name);
    if (!role) {
      throw new LocalCloudError(
        'unresolved-reference',
        `A policy names the role ${name}, which no stack has.`,
      );
    }
    return role.arn;
  };
  for (const role of roles) {
    for (const { PolicyDocument } of role.properties.Policies) {
      authorizer.attach(role.arn, parsePolicy(PolicyDocument, role.place));
    }
    for (const arn of role.properties.ManagedPolicyArns) {
      authorizer.attach(role.arn, managedStatements(arn, managed.get(arn), role.place));
    }
  }
  for (const policy of select(deployment, 'AWS::IAM::Policy')) {
    const statements = parsePolicy(policy.properties.PolicyDocument, policy.place);
    for (const name of policy.properties.Roles) authorizer.attach(arnOf(name), statements);
  }
  for (const policy of managed.values()) {
    const statements = parsePolicy(policy.properties.PolicyDocument, policy.place);
    authorizer.attach(userArn(policy.ref), statements);
    for (const name of policy.properties.Roles) authorizer.attach(arnOf(name), statements);
  }
  attachResourcePolicies(deployment, authorizer);
  return authorizer;
}

function managedStatements(
  arn: string,
  own: Selected<'AWS::IAM::ManagedPolicy'> | undefined,
  place: string,
): Statement[] {
  if (own) return parsePolicy(own.properties.PolicyDocument, own.place);
  const actions = MANAGED[arn.replace('arn:aws:iam::aws:policy/', '')];
  if (!actions) {
    throw new LocalCloudError(
      'unsupported-policy',
      `${place} has the managed policy ${arn}, whose content the local cloud does not know. Grant what the function ` +
        'needs by name, or add the policy to local/cloud/iam/build-authorizer.ts.',
    );
  }
  return [{ Effect: 'Allow', Action: [...actions], Resource: ['*'], Condition: {} }];
}

function attachResourcePolicies(deployment: Deployment, authorizer: Authorizer): void {
  const queueArns = new Map(select(deployment, 'AWS::SQS::Queue').map(({ ref, arn }) => [ref, arn]));
  for (const { properties, place } of select(deployment, 'AWS::SQS::QueuePolicy')) {
    const statements = parsePolicy(properties.PolicyDocument, place);
    for (const url of properties.Queues) authorizer.attachToResource(queueArns.get(url) ?? url, statements);
  }
  for (const { properties, place } of select(deployment, 'AWS::SNS::TopicPolicy')) {
    const statements = parsePolicy(properties.PolicyDocument, place);
    for (const arn of properties.Topics) authorizer.attachToResource(arn, statements);
  }
  for (const { properties, place } of select(deployment, 'AWS::SecretsManager::ResourcePolicy')) {
    authorizer.attachToResource(properties.SecretId, parsePolicy(properties.ResourcePolicy, place));
  }
}
