import { afterAll, describe, expect, it } from 'vitest';
import { parseSchedule } from '../../local/cloud/schedules/expression.ts';
import { allow, arnOf, lambda, role, startFixture, stopAll } from './fixture.ts';

const matches = (expression: string, time: string, timezone = 'UTC'): boolean => {
  const timing = parseSchedule(expression, timezone, 'test');
  return 'matches' in timing && timing.matches(new Date(time));
};

describe('schedule expressions', () => {
  it.each([
    ['rate(1 minute)', 60_000],
    ['rate(5 minutes)', 300_000],
    ['rate(2 hours)', 7_200_000],
    ['rate(1 day)', 86_400_000],
  ])('%s runs every %d ms', (expression, everyMs) => {
    expect(parseSchedule(expression, 'UTC', 'test')).toEqual({ everyMs });
  });

  it.each([
    ['cron(0 12 * * ? *)', '2026-11-22T12:00:30Z', true],
    ['cron(0 12 * * ? *)', '2026-11-22T12:01:00Z', false],
    ['cron(*/15 * * * ? *)', '2026-11-22T03:45:00Z', true],
    ['cron(5/20 * * * ? *)', '2026-11-22T03:45:00Z', true],
    ['cron(5/20 * * * ? *)', '2026-11-22T03:40:00Z', false],
    ['cron(0 8 ? * MON-FRI *)', '2026-11-23T08:00:00Z', true],
    ['cron(0 8 ? * MON-FRI *)', '2026-11-22T08:00:00Z', false],
    ['cron(0 8 ? * 1 *)', '2026-11-22T08:00:00Z', true],
    ['cron(0 0 1,15 JAN,nov ? 2026)', '2026-11-15T00:00:00Z', true],
    ['cron(0 0 1,15 JAN,NOV ? 2027)', '2026-11-15T00:00:00Z', false],
  ])('%s at %s: %s', (expression, time, expected) => {
    expect(matches(expression, time)).toBe(expected);
  });

  it('keep the wall clock of their time zone', () => {
    expect(matches('cron(0 9 * * ? *)', '2026-11-22T12:00:00Z', 'America/Argentina/Buenos_Aires')).toBe(true);
    expect(matches('cron(0 0 * * ? *)', '2026-11-22T03:00:00Z', 'America/Argentina/Buenos_Aires')).toBe(true);
  });

  it.each([
    'at(2026-11-22T10:00:00)',
    'rate(1 week)',
    'cron(0 12 L * ? *)',
    'cron(0 12 * *)',
    'cron(61 * * * ? *)',
    'cron(0/0 * * * ? *)',
    'often',
  ])('%s is an error that names the place', (expression) => {
    expect(() => parseSchedule(expression, 'UTC', 'Poll of stack Main')).toThrow(
      /Poll of stack Main runs at/,
    );
  });
});

describe('schedules of a deployment', () => {
  afterAll(stopAll);
  const schedule = (target: object) => ({
    Type: 'AWS::Scheduler::Schedule',
    Properties: {
      FlexibleTimeWindow: { Mode: 'OFF' },
      ScheduleExpression: 'rate(1 minute)',
      Target: {
        Arn: arnOf('F'),
        RoleArn: arnOf('ScheduleRole'),
        RetryPolicy: { MaximumRetryAttempts: 0 },
        ...target,
      },
    },
  });
  const Resources = {
    R: role(),
    F: lambda('log', 'R'),
    ScheduleRole: role(allow(['lambda:InvokeFunction'], [arnOf('F')])),
    WithInput: schedule({ Input: '{"at":"<aws.scheduler.scheduled-time>"}' }),
    WithoutInput: schedule({}),
    Failing: schedule({ Input: '{"fail":true}' }),
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        ScheduleExpression: 'rate(5 minutes)',
        State: 'ENABLED',
        Targets: [{ Arn: arnOf('F'), Id: 'T' }],
      },
    },
  };
  const log = `
    exports.handler = async (event) => {
      console.log(JSON.stringify(event));
      if (event.fail) throw new Error('no');
    };`;

  it('run when they are fired, with the event that AWS would send', async () => {
    // Arrange
    const lines: string[] = [];
    const cloud = await startFixture(
      { Main: { Resources } },
      { log },
      { onFunctionLog: (_, line) => lines.push(line) },
    );

    // Act
    for (const name of ['WithInput', 'WithoutInput', 'Rule']) await cloud.fire(name);

    // Assert
    const [withInput, withoutInput, rule] = lines.map((line) => JSON.parse(line));
    expect(withInput).toEqual({ at: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/) });
    expect(withoutInput).toMatchObject({
      source: 'aws.scheduler',
      'detail-type': 'Scheduled Event',
      detail: '{}',
    });
    expect(rule).toMatchObject({
      source: 'aws.events',
      detail: {},
      resources: [expect.stringMatching(/rule\/Main-Rule-/)],
    });
    await expect(cloud.fire('Failing')).rejects.toThrow(/Main\/Failing ran Main\/F, which failed: Error: no/);
  });

  it('do not run while their role may not, and a rule needs no role', async () => {
    const cloud = await startFixture({ Main: { Resources } }, { log });
    const [mayInvoke] = cloud.grants();

    const restore = mayInvoke!.withdraw();

    expect(mayInvoke).toMatchObject({ role: 'Main/ScheduleRole', actions: ['lambda:InvokeFunction'] });
    await expect(cloud.fire('WithInput')).rejects.toThrow('not authorized to perform: lambda:InvokeFunction');
    await expect(cloud.fire('Rule')).resolves.toBeUndefined();
    restore();
    await expect(cloud.fire('WithInput')).resolves.toBeUndefined();
  });
});
