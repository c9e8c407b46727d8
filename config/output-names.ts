/** Names of the stacks' outputs by which the operator's commands find what was deployed. */

/** A name as it stands in ids of constructs and outputs: letters and digits, each word capitalised. */
export const pascal = (name: string): string =>
  name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** The parts of a merchant's deployment, each a stack, in the order in which they are deployed. */
export const STACKS = ['Data', 'Integration', 'Operations'] as const;
export type StackPart = (typeof STACKS)[number];

/** The name of one of a merchant's stacks. No two merchants have stacks of one name. */
export const stackName = (merchant: string, part: StackPart): string => `Acopio-${merchant}-${part}`;

/** The names of all stacks of a merchant, in the order in which they are deployed. */
export const stackNames = (merchant: string): string[] => STACKS.map((part) => stackName(merchant, part));

/** The file in which a deployment leaves the outputs of a merchant. */
export const outputsFile = (merchant: string): string => `outputs.${merchant}.json`;

/** The outputs that say whose deployment it is and where it stands. */
export const PLACE_OUTPUTS = { merchant: 'Merchant', account: 'AccountId', region: 'Region' } as const;

/** The outputs that carry the URLs of a platform's queues. */
export const queueOutputs = (platform: string) => ({
  intake: `${pascal(platform)}IntakeQueueUrl`,
  deadLetters: `${pascal(platform)}DeadLettersUrl`,
});

/** The output that carries the URL of the queue of orders that have commands, of a platform that carries any out. */
export const commandsOutput = (platform: string): string => `${pascal(platform)}CommandsQueueUrl`;

/** The output that carries the URL of the queue of stores that are to be told of stock, of a platform that can be told. */
export const stockOutput = (platform: string): string => `${pascal(platform)}StockQueueUrl`;

/**
 * The output that carries the ARN of a secret. The store's id is part of the name where the platform has several stores.
 *
 * @param storeId absent for a credential that all stores share
 */
export function secretOutput(
  platform: string,
  credential: string,
  storeId: string | undefined,
  stores: number,
): string {
  const store = storeId === undefined || stores < 2 ? '' : storeId.replace(/[^A-Za-z0-9]/g, '');
  return `${pascal(platform)}${pascal(credential)}${store}SecretArn`;
}

/** The outputs that the merchant's own system, or whoever connects it, needs. */
export const ERP_OUTPUTS = {
  api: 'ApiUrl',
  tokens: 'ApiTokensSecretArn',
  signing: 'SigningSecretArn',
  emailKey: 'EmailKeySecretArn',
  deliveries: 'DeliveriesQueueUrl',
  unpublished: 'UnpublishedQueueUrl',
  unfollowed: 'UnfollowedQueueUrl',
  /** Of merchants that want one. */
  bus: 'EventBusName',
} as const;

/** The outputs with the ARNs of what people may do by the operator's commands. */
export const POLICY_OUTPUTS = {
  viewer: 'AcopioViewerPolicyArn',
  operator: 'AcopioOperatorPolicyArn',
} as const;

/** The topic that alarms are sent to. */
export const ALARM_TOPIC_OUTPUT = 'AlarmTopicArn';
/** The release that was deployed last. */
export const RELEASE_OUTPUT = 'Release';

/** The output with the name that the merchant's own domain points to, if the merchant has one. */
export const WEBHOOK_DOMAIN_OUTPUT = 'WebhookDomainTarget';
