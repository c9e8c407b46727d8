import type { OperatorContext } from '../context.ts';
import { needsPerson, platformStandings } from '../data/platforms.ts';
import { EXIT } from '../exit.ts';
import { age, print } from '../print.ts';

/**
 * How each store stands, from tables and queues alone: nobody is called.
 *
 * @returns 1 when a circuit is open or a store is paused, or dead-letter messages or pages set aside wait for a person
 */
export async function showPlatforms(context: OperatorContext, { json }: { json: boolean }): Promise<number> {
  const platforms = await platformStandings(context);
  const lines = platforms.flatMap(({ platform, queue, stores: own }) => [
    platform,
    `  queue           ${queue.visible} wait, ${queue.inWork} in work or tried again within minutes, ${queue.delayed} wait for the platform; ${queue.deadLetters} dead letters`,
    ...own.flatMap(
      ({ storeId, lastChange, circuit, paused, limits, reconciliation, subscriptions, setAside }) => [
        `  store ${storeId}`,
        `    last change   ${lastChange === undefined ? 'none yet' : `${lastChange.at}, ${age(lastChange.ageMs)} ago: ${lastChange.order}`}`,
        `    circuit       ${circuit === undefined ? 'closed' : `open since ${circuit.openedAt}: ${circuit.cause}. ${circuit.remedy}`}`,
        ...(paused === undefined
          ? []
          : [
              `    paused        by ${paused.by} since ${paused.at}, until ${paused.until}: ${paused.reason}. "platforms resume ${platform}:${storeId}" ends it`,
            ]),
        ...limits.map(
          ({ limit, used, burst, waiting }) =>
            `    limit ${limit.padEnd(8)}${used} of ${burst} calls used${Object.entries(waiting)
              .map(([priority, until]) => `; ${priority} work waits until ${until}`)
              .join('')}`,
        ),
        `    reconciled    ${reconciliation === undefined ? 'not yet' : `${reconciliation.endedAt}: ${reconciliation.outcome}${reconciliation.problems.length > 0 ? ` (${reconciliation.problems.join('; ')})` : ''}`}`,
        ...(subscriptions === undefined
          ? []
          : [`    webhooks      looked at ${subscriptions.checkedAt ?? 'by nobody yet'}`]),
        ...(setAside === 0 ? [] : [`    set aside     ${setAside} pages`]),
      ],
    ),
  ]);
  print(json, { platforms }, lines);
  return platforms.some(needsPerson) ? EXIT.needsPerson : EXIT.done;
}
