import { LocalCloudError } from './errors.ts';
import type { Machine } from './machine.ts';

const IDLE_STEP_MS = 15;

/** A queue's name, which stands last in its ARN. */
export const nameIn = (queueArn: string): string => queueArn.slice(queueArn.lastIndexOf(':') + 1);

/**
 * @param patient names of queues whose delayed messages may go on waiting
 * @throws LocalCloudError `not-idle` naming what is still there.
 */
export async function waitUntilIdle(
  { queues, functions, streamSources }: Machine,
  withinMs: number,
  patient: ReadonlySet<string>,
): Promise<void> {
  const until = Date.now() + withinMs;
  // Discarded records lie where they are sent to, as dead letters do.
  const destinations = streamSources.map(({ destination = '' }) => nameIn(destination));
  for (;;) {
    const waiting = queues
      .counts()
      .filter(({ isDeadLetter, name }) => !isDeadLetter && !destinations.includes(name))
      .filter(
        ({ name, visible, inFlight, delayed }) => visible + inFlight + (patient.has(name) ? 0 : delayed) > 0,
      );
    const behind = streamSources.filter(({ busy }) => busy);
    if (waiting.length + behind.length === 0 && functions.fleet.load === 0) return;
    if (Date.now() >= until) {
      const inQueues = waiting.map(
        ({ name, visible, inFlight, delayed }) =>
          `${name} has ${visible} visible, ${inFlight} in flight and ${delayed} delayed`,
      );
      const inStreams = behind.map(({ path }) => `${path} has records of its stream to hand over`);
      const running = functions.fleet.running().map(({ name, count }) => `${name} runs ${count} times`);
      throw new LocalCloudError(
        'not-idle',
        `After ${withinMs} ms there is still work: ${[...inQueues, ...inStreams, ...running].join('; ')}. Messages in ` +
          'flight and records that no function works on failed and wait to come again: look at the log, or call endWaits.',
      );
    }
    await new Promise((resolve) => setTimeout(resolve, IDLE_STEP_MS));
  }
}

/** Leaves no worker, timer or open table behind. */
export async function stopMachine({
  sources,
  streamSources,
  queues,
  functions,
  schedules,
  tables,
}: Machine): Promise<void> {
  for (const source of sources) source.stopReading();
  const streamsEnd = streamSources.map((source) => source.stop());
  await functions.fleet.stop();
  await queues.stop();
  await Promise.all([...sources.map((source) => source.stop()), ...streamsEnd, schedules.stop()]);
  await tables.close();
}
