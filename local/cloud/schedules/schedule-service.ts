import { randomUUID } from 'node:crypto';
import { LocalCloudError } from '../errors.ts';
import type { FunctionService, LocalFunction } from '../functions/function-service.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import { select } from '../resources/select.ts';
import type { Deployment } from '../template/deployment.ts';
import { parseSchedule, type Timing } from './expression.ts';

const INVOKE = 'lambda:InvokeFunction';

export interface LocalSchedule {
  logicalId: string;
  path: string;
  ref: string;
  timing: Timing;
  enabled: boolean;
  target: LocalFunction;
  /** The role that it runs its function in; undefined for a rule, which the function's own policy lets in. */
  roleArn: string | undefined;
  /** The event of a run at a time, in epoch ms. */
  eventAt(now: number): unknown;
}

/** EventBridge schedules and scheduled rules. */
export class ScheduleService {
  readonly #schedules: LocalSchedule[];
  readonly #functions: FunctionService;
  readonly #authorizer: Authorizer;
  readonly #now: () => number;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: {
    schedules: LocalSchedule[];
    functions: FunctionService;
    authorizer: Authorizer;
    now: () => number;
  }) {
    this.#schedules = options.schedules;
    this.#functions = options.functions;
    this.#authorizer = options.authorizer;
    this.#now = options.now;
  }

  all(): readonly LocalSchedule[] {
    return this.#schedules;
  }

  start(): void {
    for (const schedule of this.#schedules.filter(({ enabled }) => enabled)) {
      const { timing } = schedule;
      const run = (): void => {
        // A failed run is in the log already, as on AWS.
        const work = this.run(schedule)
          .catch(() => {})
          .finally(() => this.#running.delete(work));
        this.#running.add(work);
      };
      if ('everyMs' in timing) this.#timers.push(setInterval(run, timing.everyMs));
      else this.#everyMinute(() => timing.matches(new Date(this.#now())) && run());
    }
  }

  /**
   * Runs a schedule now and waits for its function.
   *
   * @throws ServiceError when its role may not run the function, LocalCloudError when the function fails.
   */
  async run(schedule: LocalSchedule): Promise<void> {
    const { ref: name, roleArn, target } = schedule;
    if (roleArn !== undefined)
      this.#authorizer.check({ name, roleArn }, [{ action: INVOKE, resource: target.resource.arn }]);
    const event = schedule.eventAt(this.#now());
    const { failure } = await this.#functions.invoke(schedule.target, event, 'caller-waits');
    if (!failure) return;
    throw new LocalCloudError(
      'function-failed',
      `${schedule.path} ran ${schedule.target.resource.path}, which failed: ${failure.errorType}: ` +
        `${failure.errorMessage}. Look at the function's log lines (onFunctionLog).`,
    );
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all(this.#running);
  }

  /** At each full minute, whatever was the second of the start. */
  #everyMinute(work: () => void): void {
    const index = this.#timers.length;
    const arm = (): void => {
      this.#timers[index] = setTimeout(
        () => {
          arm();
          work();
        },
        60_000 - (this.#now() % 60_000),
      );
    };
    arm();
  }
}

/** @throws LocalCloudError when the schedule's role may not run its function: on AWS it would fail in silence. */
export function readSchedules(
  deployment: Deployment,
  functions: FunctionService,
  authorizer: Authorizer,
  account: string,
  region: string,
): LocalSchedule[] {
  const schedules = select(deployment, 'AWS::Scheduler::Schedule').map((resource): LocalSchedule => {
    const { ScheduleExpression, ScheduleExpressionTimezone, State, Target } = resource.properties;
    const allowed = authorizer.allows(
      { name: resource.ref, roleArn: Target.RoleArn },
      { action: INVOKE, resource: Target.Arn },
    );
    if (!allowed) {
      throw new LocalCloudError(
        'deployment-refused',
        `${resource.place} can never run: its role ${Target.RoleArn} is not allowed ${INVOKE} on ` +
          `${Target.Arn}. Grant it in the app.`,
      );
    }
    return {
      ...resource,
      timing: parseSchedule(ScheduleExpression, ScheduleExpressionTimezone, resource.place),
      enabled: State === 'ENABLED',
      target: functions.find(Target.Arn),
      roleArn: Target.RoleArn,
      eventAt: (now) =>
        Target.Input === undefined
          ? { ...scheduledEvent(resource.arn, account, region, now), source: 'aws.scheduler', detail: '{}' }
          : JSON.parse(fillIn(Target.Input, resource.arn, now)),
    };
  });
  const rules = select(deployment, 'AWS::Events::Rule').flatMap((resource) =>
    resource.properties.Targets.map(
      (target): LocalSchedule => ({
        ...resource,
        timing: parseSchedule(resource.properties.ScheduleExpression, 'UTC', resource.place),
        enabled: resource.properties.State === 'ENABLED',
        target: functions.find(target.Arn),
        roleArn: undefined,
        eventAt: (now) =>
          target.Input === undefined
            ? scheduledEvent(resource.arn, account, region, now)
            : JSON.parse(target.Input),
      }),
    ),
  );
  return [...schedules, ...rules];
}

/** Context attributes of EventBridge Scheduler. (Scheduler guide, "Adding context attributes".) */
function fillIn(input: string, arn: string, now: number): string {
  return input
    .replaceAll('<aws.scheduler.schedule-arn>', arn)
    .replaceAll('<aws.scheduler.scheduled-time>', isoSeconds(now))
    .replaceAll('<aws.scheduler.execution-id>', randomUUID())
    .replaceAll('<aws.scheduler.attempt-number>', '1');
}

function scheduledEvent(ruleArn: string, account: string, region: string, now: number): object {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account,
    time: isoSeconds(now),
    region,
    resources: [ruleArn],
    detail: {},
  };
}

function isoSeconds(now: number): string {
  return `${new Date(now).toISOString().slice(0, 19)}Z`;
}
