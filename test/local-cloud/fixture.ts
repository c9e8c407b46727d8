import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudOptions } from '../../local/cloud/cloud.ts';
import { type Cloud, startCloud } from '../../local/cloud/cloud.ts';

type Properties = Record<string, unknown>;
export interface FixtureResource {
  Type: string;
  Properties?: Properties;
  Condition?: string;
}
export interface FixtureStack {
  Resources: Record<string, FixtureResource>;
  Outputs?: Record<string, unknown>;
  Conditions?: Record<string, unknown>;
  Parameters?: Record<string, unknown>;
  Mappings?: Record<string, unknown>;
}

/**
 * Writes a cloud assembly by hand into a new folder.
 *
 * @param bundles asset key -> source of its `index.js`.
 */
export function writeAssembly(
  stacks: Record<string, FixtureStack>,
  bundles: Record<string, string> = {},
): string {
  const folder = mkdtempSync(join(tmpdir(), 'acopio-cloud-'));
  const artifacts: Record<string, unknown> = {};
  const files: Record<string, unknown> = {};
  for (const [key, source] of Object.entries(bundles)) {
    mkdirSync(join(folder, `asset.${key}`));
    writeFileSync(join(folder, `asset.${key}`, 'index.js'), source);
    files[key] = {
      source: { path: `asset.${key}`, packaging: 'zip' },
      destinations: { here: { objectKey: `${key}.zip` } },
    };
  }
  for (const [name, stack] of Object.entries(stacks)) {
    writeFileSync(join(folder, `${name}.template.json`), JSON.stringify(stack));
    writeFileSync(join(folder, `${name}.assets.json`), JSON.stringify({ files }));
    artifacts[name] = {
      type: 'aws:cloudformation:stack',
      environment: 'aws://unknown-account/unknown-region',
      properties: { templateFile: `${name}.template.json` },
      metadata: Object.fromEntries(
        Object.keys(stack.Resources).map((id) => [
          `/${name}/${id}/Resource`,
          [{ type: 'aws:cdk:logicalId', data: id }],
        ]),
      ),
    };
    artifacts[`${name}.assets`] = { type: 'cdk:asset-manifest', properties: { file: `${name}.assets.json` } };
  }
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ version: '55.0.0', artifacts }));
  return folder;
}

/** A statement that allows actions on resources. */
export const allow = (actions: string[], resources: unknown[], more: Properties = {}): Properties => ({
  Effect: 'Allow',
  Action: actions,
  Resource: resources,
  ...more,
});

/** A role for functions with these statements. */
export const role = (...statements: Properties[]): FixtureResource => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {},
    Policies:
      statements.length === 0
        ? []
        : [{ PolicyName: 'own', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
  },
});

/** A function whose bundle has the key `key` and whose role is the resource `roleId`. */
export const lambda = (key: string, roleId: string, more: Properties = {}): FixtureResource => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Code: { S3Bucket: 'assets', S3Key: `${key}.zip` },
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Role: { 'Fn::GetAtt': [roleId, 'Arn'] },
    Timeout: 10,
    MemorySize: 256,
    ...more,
  },
});

export const table = (more: Properties = {}): FixtureResource => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    ...more,
  },
});

export const queue = (more: Properties = {}): FixtureResource => ({
  Type: 'AWS::SQS::Queue',
  Properties: more,
});

export const arnOf = (id: string): Properties => ({ 'Fn::GetAtt': [id, 'Arn'] });

/** Reads a queue for a function; `READING` is what its role needs. */
export const mapping = (queueId: string, functionId: string, more: Properties = {}): FixtureResource => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: {
    EventSourceArn: arnOf(queueId),
    FunctionName: { Ref: functionId },
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ...more,
  },
});
export const READING = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

/** The resources of an HTTP API with one integration. */
export const httpApi = (functionId: string, ...routeKeys: string[]): Record<string, FixtureResource> => ({
  Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'api', ProtocolType: 'HTTP' } },
  Stage: {
    Type: 'AWS::ApiGatewayV2::Stage',
    Properties: { ApiId: { Ref: 'Api' }, StageName: '$default', AutoDeploy: true },
  },
  Integration: {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId: { Ref: 'Api' },
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: arnOf(functionId),
      PayloadFormatVersion: '2.0',
    },
  },
  ...Object.fromEntries(
    routeKeys.map((RouteKey, index) => [
      `Route${index}`,
      {
        Type: 'AWS::ApiGatewayV2::Route',
        Properties: {
          ApiId: { Ref: 'Api' },
          RouteKey,
          Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
        },
      },
    ]),
  ),
});

const started: { cloud: Cloud; folder: string }[] = [];

/** Starts a cloud on a hand-written assembly; `stopAll` ends it and removes the folder. */
export async function startFixture(
  stacks: Record<string, FixtureStack>,
  bundles: Record<string, string> = {},
  options: Omit<CloudOptions, 'assembly'> = {},
): Promise<Cloud> {
  const folder = writeAssembly(stacks, bundles);
  try {
    const cloud = await startCloud({ assembly: folder, schedules: 'off', ...options });
    started.push({ cloud, folder });
    return cloud;
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
}

export async function stopAll(): Promise<void> {
  for (const { cloud, folder } of started.splice(0)) {
    await cloud.stop();
    rmSync(folder, { recursive: true });
  }
}

/** Options of an SDK client that speaks to a cloud as its administrator. */
export function clientOptions(cloud: Cloud) {
  return { region: cloud.region, endpoint: cloud.endpoint, credentials: cloud.adminCredentials };
}
