/**
 * Resource types that change nothing about what functions do here, each with the reason. A type that is neither here nor
 * in `schemas.ts` stops the start.
 */
export const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  'AWS::CDK::Metadata': 'tells AWS which version of the CDK made the stack',
  'AWS::CloudWatch::Alarm': 'watches metrics from outside; tests read the metrics themselves',
  'AWS::CloudWatch::CompositeAlarm': 'combines alarms',
  'AWS::CloudWatch::Dashboard': 'only shows metrics',
  'AWS::Logs::LogGroup': 'keeps log lines; here they go to onFunctionLog',
  'AWS::Logs::MetricFilter': 'counts log lines for alarms',
  'AWS::Logs::QueryDefinition': 'a saved query for a person',
  'AWS::Budgets::Budget': 'watches the bill',
  'AWS::KMS::Key': 'nothing is encrypted here; who may use a key is checked where a resource names it',
  'AWS::KMS::Alias': 'another name of a key',
  'AWS::Lambda::Permission':
    'lets AWS services call a function; the callers here are part of the local cloud',
  'AWS::Events::Archive': 'keeps events for a replay; here every event is kept until the end',
  'AWS::Scheduler::ScheduleGroup': 'groups schedules for tagging',
};
