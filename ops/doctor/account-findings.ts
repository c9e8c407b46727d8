import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { ListSubscriptionsByTopicCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { ALARM_TOPIC_OUTPUT, RELEASE_OUTPUT, stackName } from '../../config/output-names.ts';
import { release } from '../../config/release.ts';
import { clientConfig } from '../../functions/runtime/aws-clients.ts';
import { describeError } from '../../functions/runtime/describe-error.ts';
import type { OperatorContext } from '../context.ts';
import { permissionHint } from '../failure-hints.ts';
import { outputIfAny } from '../outputs.ts';
import { type Finding, green } from './finding.ts';

/** AWS refuses calls that are signed five minutes off; leases and tokens feel it before. In ms. */
const CLOCK_ODD_MS = 5_000;
const CLOCK_WRONG_MS = 60_000;

/** This machine's clock beside the one of AWS. */
export async function clockFinding({ merchant, control }: OperatorContext): Promise<Finding> {
  const sts = new STSClient(clientConfig({ region: merchant.region }));
  let said: string | undefined;
  sts.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      said = dateOf(answer.response);
      return answer;
    },
    { step: 'deserialize', name: 'keepDate' },
  );
  const before = control.clock.now();
  await sts.send(new GetCallerIdentityCommand({})).finally(() => sts.destroy());
  const now = (before + control.clock.now()) / 2;
  return skewFinding(said === undefined ? undefined : Date.parse(said), now);
}

/** @param theirs epoch ms, to the second, as the answer states it */
export function skewFinding(theirs: number | undefined, ours: number): Finding {
  const what = 'clock';
  if (theirs === undefined || !Number.isFinite(theirs))
    return { level: 'unknown', what, why: 'AWS named no time' };
  // A header has no milliseconds.
  const skewMs = Math.round(ours - (theirs + 500));
  const why = `this machine is ${Math.abs(skewMs / 1000).toFixed(1)} s ${skewMs < 0 ? 'behind' : 'ahead of'} AWS`;
  if (Math.abs(skewMs) <= CLOCK_ODD_MS) return green(what, why);
  const level = Math.abs(skewMs) > CLOCK_WRONG_MS ? 'red' : 'yellow';
  return {
    level,
    what,
    why,
    next: 'Set the clock of this machine by a time server (timedatectl set-ntp true).',
  };
}

const dateOf = (response: unknown): string | undefined => {
  const headers = typeof response === 'object' && response !== null && Reflect.get(response, 'headers');
  const date = typeof headers === 'object' && headers !== null ? Reflect.get(headers, 'date') : undefined;
  return typeof date === 'string' ? date : undefined;
};

/** Whether somebody gets the alarms. */
export async function alarmFinding(context: OperatorContext): Promise<Finding> {
  const { merchant } = context;
  const what = 'alarm mails';
  const TopicArn = outputIfAny(context.outputs, ALARM_TOPIC_OUTPUT);
  if (TopicArn === undefined)
    return {
      level: 'unknown',
      what,
      why: 'the deployment is of an older release',
      next: deploy(merchant.name),
    };
  const sns = new SNSClient(clientConfig({ region: merchant.region }));
  try {
    const { Subscriptions = [] } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    const confirmed = Subscriptions.filter(({ SubscriptionArn = '' }) => SubscriptionArn.startsWith('arn:'));
    if (confirmed.length > 0) return green(what, `${confirmed.length} confirmed`);
    return {
      level: 'red',
      what,
      why: `no subscription of ${merchant.alarmEmail} is confirmed: no alarm reaches anybody`,
      next: 'Open the mail "AWS Notification - Subscription Confirmation" and follow its link; no mail: deploy again.',
      command: 'doctor --alarm-test',
    };
  } catch (error) {
    if (!isUnknownHere(error)) throw error;
    return { level: 'unknown', what, why: 'not known here: the local cloud writes to nobody' };
  } finally {
    sns.destroy();
  }
}

const isUnknownHere = (error: unknown): boolean =>
  process.env.AWS_ENDPOINT_URL !== undefined && error instanceof Error && error.name === 'NotImplemented';

/** Sends a mail as an alarm would. @returns the id of the message */
export async function sendAlarmTest({ merchant, outputs }: OperatorContext): Promise<string> {
  const sns = new SNSClient(clientConfig({ region: merchant.region }));
  try {
    const { MessageId = '' } = await sns.send(
      new PublishCommand({
        TopicArn: outputs(ALARM_TOPIC_OUTPUT),
        Subject: `Acopio-${merchant.name}: a test`,
        Message:
          `Somebody tried whether the alarms of merchant ${merchant.name} reach you. They do, and there is nothing to do. ` +
          'An alarm says in its text what happened, what to do first, and where to read more.',
      }),
    );
    return MessageId;
  } finally {
    sns.destroy();
  }
}

/**
 * What is deployed beside this checkout: commands and functions share the form of what is stored. CloudFormation is asked, because
 * the file of outputs says what was deployed from this checkout, and somebody may have deployed from another one since.
 */
export async function releaseFinding({ merchant }: Pick<OperatorContext, 'merchant'>): Promise<Finding> {
  const what = 'release';
  const cloudFormation = new CloudFormationClient(clientConfig({ region: merchant.region }));
  try {
    const StackName = stackName(merchant.name, 'Data');
    const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
    const outputs = Stacks.flatMap(({ Outputs = [] }) => Outputs);
    const deployed = outputs.find(({ OutputKey }) => OutputKey === RELEASE_OUTPUT)?.OutputValue;
    if (deployed === release())
      return green(what, `${deployed} is deployed, and is the release of this checkout`);
    const why = `${deployed ?? 'an older one'} is deployed, and this checkout is ${release()}`;
    return { level: 'yellow', what, why, next: `Check that release out, or ${deploy(merchant.name)}` };
  } catch (error) {
    if (isUnknownHere(error))
      return { level: 'unknown', what, why: 'not known here: the local cloud has no CloudFormation' };
    const why = `CloudFormation does not say what is deployed: ${describeError(error)}`;
    const hint = permissionHint(error);
    return { level: 'unknown', what, why, ...(hint === undefined ? {} : { next: hint }) };
  } finally {
    cloudFormation.destroy();
  }
}

/** What brings an older deployment up to this checkout. */
export const deploy = (merchant: string): string => `npm run deploy -- --merchant ${merchant}`;
