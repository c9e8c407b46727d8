import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';

/**
 * Runs a function every few minutes. A missed run needs no replay, because the next one does its work: neither Lambda nor
 * the schedule retries for longer than one interval, and there is no dead-letter queue for ticks.
 *
 * @param input what the function is called with; the scheduler's own event when absent.
 */
export function scheduleFunction(
  scope: Construct,
  target: LambdaFunction,
  {
    everyMinutes,
    description,
    input,
  }: { readonly everyMinutes: number; readonly description: string; readonly input?: object },
): void {
  const { functionArn } = target;
  target.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(everyMinutes) });
  const role = new Role(scope, 'ScheduleRole', {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  });
  role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [functionArn] }));
  const schedule = new CfnSchedule(scope, 'Schedule', {
    description,
    flexibleTimeWindow: { mode: 'OFF' },
    scheduleExpression: `rate(${everyMinutes} ${everyMinutes === 1 ? 'minute' : 'minutes'})`,
    target: {
      arn: functionArn,
      roleArn: role.roleArn,
      retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: everyMinutes * 60 },
      ...(input === undefined ? {} : { input: JSON.stringify(input) }),
    },
  });
  // The role's permission, too, has to be there before the first tick.
  schedule.node.addDependency(role);
}
