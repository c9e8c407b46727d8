import * as z from 'zod';
import { LocalCloudError } from '../errors.ts';
import type { Deployment, Resource } from '../template/deployment.ts';
import { unknownType } from '../template/deployment.ts';
import { eventSourceMapping } from './event-source-mapping.ts';
import * as schemas from './schemas.ts';
import { WITHOUT_EFFECT } from './without-effect.ts';

/** The schema of each resource type that runs here. */
const RUNNING = {
  'AWS::ApiGatewayV2::Api': schemas.api,
  'AWS::ApiGatewayV2::Integration': schemas.integration,
  'AWS::ApiGatewayV2::Route': schemas.route,
  'AWS::ApiGatewayV2::Stage': schemas.stage,
  'AWS::DynamoDB::GlobalTable': schemas.globalTable,
  'AWS::DynamoDB::Table': schemas.table,
  'AWS::Events::EventBus': schemas.eventBus,
  'AWS::Events::Rule': schemas.rule,
  'AWS::IAM::ManagedPolicy': schemas.managedPolicy,
  'AWS::IAM::Policy': schemas.policy,
  'AWS::IAM::Role': schemas.role,
  'AWS::Lambda::EventInvokeConfig': schemas.eventInvokeConfig,
  'AWS::Lambda::EventSourceMapping': eventSourceMapping,
  'AWS::Lambda::Function': schemas.lambdaFunction,
  'AWS::SNS::Subscription': schemas.subscription,
  'AWS::SNS::Topic': schemas.topic,
  'AWS::SNS::TopicPolicy': schemas.topicPolicy,
  'AWS::SQS::Queue': schemas.queue,
  'AWS::SQS::QueuePolicy': schemas.queuePolicy,
  'AWS::Scheduler::Schedule': schemas.schedule,
  'AWS::SecretsManager::ResourcePolicy': schemas.secretPolicy,
  'AWS::SecretsManager::Secret': schemas.secret,
} as const;
export type RunningType = keyof typeof RUNNING;
export type PropertiesOf<T extends RunningType> = z.output<(typeof RUNNING)[T]>;
/** The same, in a form in which the type of a resource decides the type of its properties. */
const SCHEMAS: { readonly [T in RunningType]: z.ZodType<PropertiesOf<T>> } = RUNNING;

/** A resource with its properties, understood. */
export interface Selected<T extends RunningType> extends Resource {
  readonly properties: PropertiesOf<T>;
  readonly ref: string;
  readonly arn: string;
  /** What `Fn::GetAtt` gives. */
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Looks at every resource of a deployment, so that a type or a property that the local cloud does not know is found
 * before anything starts.
 *
 * @throws LocalCloudError naming the stack, the logical id and the property.
 */
export function checkResources(deployment: Deployment): void {
  for (const resource of deployment.resources) {
    if (resource.type in WITHOUT_EFFECT) continue;
    if (!isRunning(resource.type)) throw unknownType(resource.type, resource.place);
    understand(deployment, resource, resource.type);
  }
}

/** All resources of one type. */
export function select<T extends RunningType>(deployment: Deployment, type: T): Selected<T>[] {
  return deployment.resources
    .filter((resource) => resource.type === type)
    .map((resource) => {
      const { ref, attributes } = deployment.identity(resource);
      return {
        ...resource,
        properties: understand(deployment, resource, type),
        ref,
        arn: attributes.Arn ?? ref,
        attributes,
      };
    });
}

function isRunning(type: string): type is RunningType {
  return type in RUNNING;
}

function understand<T extends RunningType>(
  deployment: Deployment,
  resource: Resource,
  type: T,
): PropertiesOf<T> {
  const result = SCHEMAS[type].safeParse(deployment.properties(resource));
  if (result.success) return result.data;
  throw new LocalCloudError(
    'unknown-property',
    `The local cloud does not understand the properties of ${resource.place}, at ${resource.path}:\n` +
      `${z.prettifyError(result.error)}\nTeach it in local/cloud/resources/schemas.ts: run the property as AWS does, or ` +
      'mark it as without effect with the reason.',
  );
}
