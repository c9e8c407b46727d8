import * as z from 'zod';
import type { Json } from '../json.ts';
import { VIEW_TYPES } from '../streams/record.ts';
import { flag, integer, noEffect } from './properties.ts';

/**
 * The properties that the local cloud understands, by resource type. Every object is strict: a property that is not here
 * stops the start, so that nothing differs in silence from what is deployed.
 */
const json = z.unknown().transform((value) => value as Json);

const keySchema = z
  .array(z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }))
  .min(1)
  .max(2);
const index = z.strictObject({
  IndexName: z.string(),
  KeySchema: keySchema,
  Projection: z.strictObject({
    ProjectionType: z.enum(['ALL', 'INCLUDE', 'KEYS_ONLY']),
    NonKeyAttributes: z.array(z.string()).optional(),
  }),
  ProvisionedThroughput: noEffect,
  OnDemandThroughput: noEffect,
  WriteOnDemandThroughputSettings: noEffect,
  ContributorInsightsSpecification: noEffect,
  WarmThroughput: noEffect,
});
const tableShape = {
  TableName: z.string().optional(),
  KeySchema: keySchema,
  AttributeDefinitions: z.array(
    z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  GlobalSecondaryIndexes: z.array(index).optional(),
  LocalSecondaryIndexes: z.array(index).optional(),
  StreamSpecification: z
    .strictObject({ StreamViewType: z.enum(VIEW_TYPES), ResourcePolicy: z.never().optional() })
    .optional(),
  TimeToLiveSpecification: z.strictObject({ AttributeName: z.string().optional(), Enabled: flag }).optional(),
  BillingMode: z.enum(['PAY_PER_REQUEST', 'PROVISIONED']).optional(),
  // A key of one's own would have to be granted to every reader: it is not known here.
  SSESpecification: z
    .strictObject({ SSEEnabled: flag.optional(), SSEType: z.literal('KMS').optional() })
    .optional(),
  Tags: noEffect,
  WarmThroughput: noEffect,
};
export const table = z.strictObject({
  ...tableShape,
  ProvisionedThroughput: noEffect,
  OnDemandThroughput: noEffect,
  PointInTimeRecoverySpecification: noEffect,
  ContributorInsightsSpecification: noEffect,
  DeletionProtectionEnabled: noEffect,
  TableClass: noEffect,
});
export const globalTable = z.strictObject({
  ...tableShape,
  Replicas: z
    .array(
      z.strictObject({
        Region: z.string(),
        GlobalSecondaryIndexes: noEffect,
        PointInTimeRecoverySpecification: noEffect,
        ContributorInsightsSpecification: noEffect,
        DeletionProtectionEnabled: noEffect,
        TableClass: noEffect,
        Tags: noEffect,
        SSESpecification: noEffect,
      }),
    )
    .max(1),
  WriteOnDemandThroughputSettings: noEffect,
  WriteProvisionedThroughputSettings: noEffect,
});

export const queue = z.strictObject({
  QueueName: z.string().optional(),
  VisibilityTimeout: integer.default(30),
  DelaySeconds: integer.default(0),
  MessageRetentionPeriod: integer.default(345_600),
  MaximumMessageSize: integer.default(1_048_576),
  ReceiveMessageWaitTimeSeconds: integer.default(0),
  RedrivePolicy: z
    .strictObject({ deadLetterTargetArn: z.string(), maxReceiveCount: integer.min(1).max(1000) })
    .optional(),
  RedriveAllowPolicy: noEffect,
  SqsManagedSseEnabled: noEffect,
  FifoQueue: z.literal(false).optional(),
  Tags: noEffect,
});

export const lambdaFunction = z.strictObject({
  FunctionName: z.string().optional(),
  Code: z.strictObject({
    S3Bucket: z.string().optional(),
    S3Key: z.string().optional(),
    ZipFile: z.string().optional(),
    SourceKMSKeyArn: noEffect,
  }),
  Handler: z.string(),
  Runtime: z.string().regex(/^nodejs\d+\.x$/),
  Role: z.string(),
  Timeout: integer.default(3),
  MemorySize: integer.default(128),
  Environment: z.strictObject({ Variables: z.record(z.string(), z.coerce.string()).default({}) }).optional(),
  ReservedConcurrentExecutions: integer.min(0).optional(),
  Architectures: noEffect,
  Description: noEffect,
  EphemeralStorage: noEffect,
  LoggingConfig: noEffect,
  RecursiveLoop: noEffect,
  Tags: noEffect,
  TracingConfig: noEffect,
  DeadLetterConfig: z.never().optional(),
});

export const eventInvokeConfig = z.strictObject({
  FunctionName: z.string(),
  Qualifier: z.literal('$LATEST'),
  // Asynchronous invocations are schedules only, and these are not tried again here.
  MaximumRetryAttempts: noEffect,
  MaximumEventAgeInSeconds: noEffect,
});

export const secret = z.strictObject({
  Name: z.string().optional(),
  SecretString: z.string().optional(),
  GenerateSecretString: z
    .strictObject({
      SecretStringTemplate: z.string().optional(),
      GenerateStringKey: z.string().optional(),
      PasswordLength: integer.default(32),
      ExcludeCharacters: z.string().default(''),
      ExcludePunctuation: flag.default(false),
      ExcludeNumbers: flag.default(false),
      ExcludeLowercase: flag.default(false),
      ExcludeUppercase: flag.default(false),
      IncludeSpace: flag.default(false),
      RequireEachIncludedType: noEffect,
    })
    .optional(),
  Description: noEffect,
  Tags: noEffect,
});

export const topic = z.strictObject({
  TopicName: z.string().optional(),
  DisplayName: noEffect,
  KmsMasterKeyId: z.string().optional(),
  TracingConfig: noEffect,
  Tags: noEffect,
  Subscription: z.array(z.never()).optional(),
});
export const subscription = z.strictObject({
  TopicArn: z.string(),
  // Only people are told here: a queue or a function behind a topic would have to be run.
  Protocol: z.enum(['email', 'email-json', 'https', 'sms']),
  Endpoint: z.string(),
  FilterPolicy: noEffect,
});
export const eventBus = z.strictObject({
  Name: z.string(),
  Description: noEffect,
  DeadLetterConfig: noEffect,
  LogConfig: noEffect,
  Policy: z.never().optional(),
  Tags: noEffect,
});

export const role = z.strictObject({
  RoleName: z.string().optional(),
  AssumeRolePolicyDocument: noEffect,
  ManagedPolicyArns: z.array(z.string()).default([]),
  Policies: z.array(z.strictObject({ PolicyName: z.string(), PolicyDocument: json })).default([]),
  Description: noEffect,
  MaxSessionDuration: noEffect,
  Path: noEffect,
  Tags: noEffect,
});
export const policy = z.strictObject({
  PolicyName: z.string(),
  PolicyDocument: json,
  Roles: z.array(z.string()).default([]),
});
export const managedPolicy = z.strictObject({
  ManagedPolicyName: z.string().optional(),
  PolicyDocument: json,
  Roles: z.array(z.string()).default([]),
  Description: noEffect,
  Path: noEffect,
});
export const queuePolicy = z.strictObject({ Queues: z.array(z.string()), PolicyDocument: json });
export const topicPolicy = z.strictObject({ Topics: z.array(z.string()), PolicyDocument: json });
export const secretPolicy = z.strictObject({
  SecretId: z.string(),
  ResourcePolicy: json,
  BlockPublicPolicy: noEffect,
});

export const api = z.strictObject({
  Name: z.string(),
  ProtocolType: z.literal('HTTP'),
  Description: noEffect,
  DisableExecuteApiEndpoint: z.literal(false).optional(),
  Tags: noEffect,
});
const routeSettings = z.strictObject({
  ThrottlingRateLimit: z.coerce.number().min(0).optional(),
  ThrottlingBurstLimit: integer.min(0).optional(),
  DetailedMetricsEnabled: noEffect,
  DataTraceEnabled: noEffect,
  LoggingLevel: noEffect,
});
export const stage = z.strictObject({
  ApiId: z.string(),
  StageName: z.literal('$default'),
  AutoDeploy: z.literal(true),
  StageVariables: z.record(z.string(), z.string()).optional(),
  AccessLogSettings: noEffect,
  DefaultRouteSettings: routeSettings.optional(),
  RouteSettings: z.record(z.string(), routeSettings).optional(),
  Description: noEffect,
  Tags: noEffect,
});
export const integration = z.strictObject({
  ApiId: z.string(),
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal('2.0'),
  TimeoutInMillis: integer.min(50).max(30_000).default(30_000),
  IntegrationMethod: z.literal('POST').optional(),
  Description: noEffect,
});
export const route = z.strictObject({
  ApiId: z.string(),
  RouteKey: z.string(),
  Target: z.string(),
  AuthorizationType: z.literal('NONE').optional(),
  OperationName: noEffect,
});

const retryPolicy = z
  .strictObject({ MaximumEventAgeInSeconds: integer.optional(), MaximumRetryAttempts: integer.optional() })
  .optional();
export const schedule = z.strictObject({
  Name: z.string().optional(),
  GroupName: z.string().optional(),
  Description: noEffect,
  FlexibleTimeWindow: noEffect,
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.string().default('UTC'),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Target: z.strictObject({
    Arn: z.string(),
    RoleArn: z.string(),
    Input: z.string().optional(),
    RetryPolicy: retryPolicy,
    DeadLetterConfig: noEffect,
  }),
});
export const rule = z.strictObject({
  Name: z.string().optional(),
  Description: noEffect,
  EventBusName: z.literal('default').optional(),
  ScheduleExpression: z.string(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Targets: z.array(
    z.strictObject({
      Arn: z.string(),
      Id: z.string(),
      Input: z.string().optional(),
      RetryPolicy: retryPolicy,
      DeadLetterConfig: noEffect,
    }),
  ),
  Tags: noEffect,
});
