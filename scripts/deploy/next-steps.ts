import { type Channel, channelsOf, type Merchant } from '../../config/merchant.ts';
import {
  ERP_OUTPUTS,
  POLICY_OUTPUTS,
  queueOutputs,
  WEBHOOK_DOMAIN_OUTPUT,
} from '../../config/output-names.ts';
import type { Route } from '../../functions/platforms/store.ts';
import { concurrencyAdvice } from './concurrency-advice.ts';

/** Values of the stacks' outputs by name. */
type Outputs = Readonly<Record<string, string>>;

/** What a person has to do after a deployment, in the order in which it works: which panel, which field, which value. */
export function nextSteps(merchant: Merchant, outputs: Outputs): string {
  const channels = channelsOf(merchant);
  const steps = [
    `Confirm the mail "AWS Notification - Subscription Confirmation" to ${merchant.alarmEmail}. No alarm reaches anybody before.`,
    ...domainStep(merchant, outputs),
    connectStep(merchant, channels),
    ...routesStep(channels, outputs),
    `See whether all is well:\n  ${acopio(merchant, 'doctor')}`,
    'Place a test order on each platform and look at it by its number (docs/first-day.md says what you should see):\n' +
      `  ${acopio(merchant, 'show NUMBER')}`,
    ...ownSystemStep(merchant, outputs),
  ];
  const numbered = steps.map((step, index) => indent(`${index + 1}. `, step));
  return [
    '',
    `${merchant.name} is deployed in ${merchant.region}. What is left to do:`,
    '',
    ...numbered,
    ...advice(merchant, channels),
  ].join('\n');
}

function domainStep({ webhookDomain }: Merchant, outputs: Outputs): string[] {
  const target = outputs[WEBHOOK_DOMAIN_OUTPUT];
  if (webhookDomain === undefined || target === undefined) return [];
  return [
    `In the DNS zone of ${webhookDomain.name}, make this record:\n  ${webhookDomain.name} CNAME ${target}`,
  ];
}

function connectStep(merchant: Merchant, channels: readonly Channel[]): string {
  const commands = channels.map(({ platform: { name } }) => `  ${acopio(merchant, `connect ${name}`)}`);
  return (
    'Connect each platform. The command says where its secrets are found, asks for them and writes what the platform does not refuse; until then ' +
    `nobody calls the platform, and no alarm rings. In a script: --from-stdin.\n${commands.join('\n')}`
  );
}

function ownSystemStep(merchant: Merchant, outputs: Outputs): string[] {
  const url = outputs[ERP_OUTPUTS.api];
  if (url === undefined) return [];
  return [
    "Let the merchant's own system in, by a token that is shown once. docs/api.md is for whoever connects it; the address is\n" +
      `  ${url}\n  ${acopio(merchant, 'tokens create erp --scopes orders:read orders:personal')}`,
  ];
}

const acopio = ({ name }: Merchant, words: string): string => `npx acopio --merchant ${name} ${words}`;

function routesStep(channels: readonly Channel[], outputs: Outputs): string[] {
  const routes: Route[] = channels.flatMap(({ platform: { webhook, oauth }, stores }) => [
    ...(webhook?.routes(stores) ?? []),
    // The redirect has to be known to the platform before the installation begins.
    ...(oauth === undefined ? [] : [oauth.callback, oauth.start]),
  ]);
  const lines = routes.flatMap(({ output, pasteInto }) => {
    const url = outputs[output];
    return url === undefined ? [] : [`  ${pasteInto}\n    ${url}`];
  });
  return lines.length === 0 ? [] : [`Use these URLs:\n${lines.join('\n')}`];
}

function advice(merchant: Merchant, channels: readonly Channel[]): string[] {
  const { webhookDomain, monthlyBudgetUsd } = merchant;
  const called = channels.some(({ platform }) => platform.webhook !== undefined);
  const lines = [
    concurrencyAdvice(channels, merchant),
    called && webhookDomain === undefined
      ? 'The URLs belong to this API. Should the Integration stack ever be made anew, every URL changes and has to be pasted ' +
        'again. A domain of your own (webhookDomain in the configuration) outlives it.'
      : undefined,
    "The address of the API for the merchant's own system belongs to the Integration stack too: made anew, it has another one.",
    monthlyBudgetUsd === undefined
      ? 'Nobody is told what the account costs. With monthlyBudgetUsd in the configuration a mail says when it becomes too much.'
      : undefined,
    ...channels.flatMap(({ platform, stores }) => {
      const reasons = stores.flatMap((store) => platform.resources.order.reconciliation.off?.(store) ?? []);
      return [...new Set(reasons)].map((reason) => `${platform.title} is not reconciled: ${reason}.`);
    }),
  ].filter((line) => line !== undefined);
  return lines.length === 0 ? [] : ['', 'Good to know:', '', ...lines.map((line) => indent('- ', line))];
}

const indent = (mark: string, text: string): string =>
  text
    .split('\n')
    .map((line, index) => (index === 0 ? mark : ' '.repeat(mark.length)) + line)
    .join('\n');

/** What has to be done before `destroy`, as lines to print; none where the deployment has no policies for people. */
export function doBeforeDestroy(outputs: Outputs): string[] {
  const policies = Object.values(POLICY_OUTPUTS).flatMap((name) => outputs[name] ?? []);
  if (policies.length === 0) return [];
  return [
    "First detach the viewer's and the operator's policy from everybody who has them: IAM deletes no policy that is attached, and the",
    'stack would stay half deleted. Each of these lists the users, groups and roles; detach with "aws iam detach-user-policy",',
    '"detach-group-policy" or "detach-role-policy", and what a permission set of Identity Center attached, there.',
    '',
    ...policies.map((arn) => `  aws iam list-entities-for-policy --policy-arn ${arn}`),
    '',
  ];
}

/** What `destroy` leaves in the account, and how to delete it for good. */
export function leftAfterDestroy(merchant: Merchant, outputs: Outputs): string {
  const region = `--region ${merchant.region}`;
  const tables = [outputs.OrdersTableName, outputs.ControlTableName].filter((name) => name !== undefined);
  const secrets = Object.entries(outputs).filter(([key]) => key.endsWith('SecretArn'));
  const queues = [
    ...channelsOf(merchant).flatMap(({ platform }) => Object.values(queueOutputs(platform.name))),
    ERP_OUTPUTS.unpublished,
    ERP_OUTPUTS.unfollowed,
  ].flatMap((key) => outputs[key] ?? []);
  const lines = [
    ...tables.flatMap((name) => [
      `aws dynamodb update-table ${region} --table-name ${name} --no-deletion-protection-enabled`,
      `aws dynamodb delete-table ${region} --table-name ${name}`,
    ]),
    ...queues.map((url) => `aws sqs delete-queue ${region} --queue-url ${url}`),
    ...secrets.map(([, arn]) => `aws secretsmanager delete-secret ${region} --secret-id ${arn}`),
  ];
  return [
    'These stay, with all that is in them: tables, queues, secrets. They cost little, and a new deployment makes new ones',
    'beside them. To delete them for good (look into the queues first: each message is an order, or names some):',
    '',
    ...lines.map((line) => `  ${line}`),
  ].join('\n');
}
