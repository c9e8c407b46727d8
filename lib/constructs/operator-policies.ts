import { Aws, CfnOutput, Stack, Validations } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct, type IConstruct } from 'constructs';
import { POLICY_OUTPUTS, stackNames } from '../../config/output-names.ts';
import { ORDER_INDEXES } from './order-tables.ts';

export interface OperatorPoliciesProps {
  readonly merchant: string;
  readonly orders: Table;
  readonly control: Table;
  readonly alarmTopic: ITopic;
  /** The stacks whose queues and secrets the operator's commands work with. */
  readonly stacks: readonly IConstruct[];
  /** Those of the queues that nothing is received from but by a person, who empties them in the end. */
  readonly givenUp: readonly Queue[];
}

const READ = ['GetItem', 'BatchGetItem', 'Query'];
const COUNT = 'sqs:GetQueueAttributes';
const WRITTEN = ['PutItem', 'UpdateItem', 'DeleteItem'];

/**
 * What the people of a merchant may do with the operator's commands and page, for their users, groups or roles. The viewer sees
 * everything, buyers included, and changes nothing. The operator may do whatever there is a command for. Neither reaches another
 * merchant of the same account.
 */
export class OperatorPolicies extends Construct {
  constructor(scope: Construct, id: string, props: OperatorPoliciesProps) {
    super(scope, id);
    const { merchant } = props;
    const policies = {
      Viewer: {
        output: POLICY_OUTPUTS.viewer,
        may: 'look at everything',
        statements: [...this.seeing(props), allow('CountMessages', [COUNT], arnsOf(queuesIn(props.stacks)))],
      },
      Operator: {
        output: POLICY_OUTPUTS.operator,
        may: 'use all commands',
        statements: [...this.seeing(props), ...this.working(props)],
      },
    };
    for (const [name, { output, may, statements }] of Object.entries(policies)) {
      const policy = new ManagedPolicy(this, name, { statements });
      for (const arn of this.stackArns(merchant).flatMap(said))
        Validations.of(policy).acknowledge({
          id: `AwsSolutions-IAM5[Resource::${arn}]`,
          reason: 'CloudFormation ends the ARN of a stack with an id of its own.',
        });
      new CfnOutput(Stack.of(this), output, {
        value: policy.managedPolicyArn,
        description: `Managed policy of whoever may ${may} with the operator's commands`,
      });
    }
  }

  private seeing({ merchant, orders, control, alarmTopic }: OperatorPoliciesProps): PolicyStatement[] {
    const indexes = ORDER_INDEXES.map(({ name }) => `${orders.tableArn}/index/${name}`);
    return [
      allow('ReadTables', dynamo(READ), [orders.tableArn, control.tableArn, ...indexes]),
      allow('FindStacks', ['cloudformation:DescribeStacks'], this.stackArns(merchant)),
      allow('SeeWhoIsAlarmed', ['sns:ListSubscriptionsByTopic'], [alarmTopic.topicArn]),
    ];
  }

  // Each queue is named once: AWS takes 6,144 characters of a policy, and a name has up to 130.
  private working({
    orders,
    control,
    alarmTopic,
    stacks,
    givenUp,
  }: OperatorPoliciesProps): PolicyStatement[] {
    const queues = queuesIn(stacks);
    const deadLetters = deadLettersOf(queues);
    return [
      allow('WriteTables', dynamo(WRITTEN), [orders.tableArn, control.tableArn]),
      allow(
        'GiveWork',
        ['sqs:SendMessage', COUNT],
        arnsOf(queues.filter((queue) => !deadLetters.includes(queue) && !givenUp.includes(queue))),
      ),
      allow(
        'TakeDeadLetters',
        ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', COUNT],
        arnsOf(deadLetters),
      ),
      // A command counts them. The runbook's articles look into them and end with an empty queue.
      allow('EmptyGivenUp', ['sqs:ReceiveMessage', 'sqs:PurgeQueue', COUNT], arnsOf(givenUp)),
      allow(
        'Credentials',
        ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
        secretsIn(stacks).map(({ secretArn }) => secretArn),
      ),
      allow('TestAlarm', ['sns:Publish'], [alarmTopic.topicArn]),
    ];
  }

  private stackArns(merchant: string): string[] {
    return stackNames(merchant).map((name) =>
      Stack.of(this).formatArn({ service: 'cloudformation', resource: 'stack', resourceName: `${name}/*` }),
    );
  }
}

/** An ARN as findings may have it: what only AWS knows by its name, the partition also where the region tells it. */
function said(arn: string): string[] {
  const named = arn.replace(Aws.ACCOUNT_ID, '<AWS::AccountId>').replace(Aws.REGION, '<AWS::Region>');
  return ['aws', '<AWS::Partition>'].map((partition) => named.replace(Aws.PARTITION, partition));
}

const allow = (sid: string, actions: string[], resources: string[]) =>
  new PolicyStatement({ sid, actions, resources });
const dynamo = (actions: readonly string[]): string[] => actions.map((action) => `dynamodb:${action}`);
const arnsOf = (queues: readonly Queue[]): string[] => queues.map(({ queueArn }) => queueArn);

const queuesIn = (stacks: readonly IConstruct[]): Queue[] =>
  stacks.flatMap((stack) => stack.node.findAll().filter((one) => one instanceof Queue));
const secretsIn = (stacks: readonly IConstruct[]): Secret[] =>
  stacks.flatMap((stack) => stack.node.findAll().filter((one) => one instanceof Secret));

function deadLettersOf(queues: readonly Queue[]): Queue[] {
  const targets = queues.map(({ deadLetterQueue }) => deadLetterQueue?.queue);
  return queues.filter((queue) => targets.includes(queue));
}
