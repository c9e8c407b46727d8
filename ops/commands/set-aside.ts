import { isoTime } from '../../functions/domain/time.ts';
import { nameOf } from '../../functions/storage/set-aside.ts';
import { endpointNamed } from '../actions/endpoints.ts';
import type { OperatorContext } from '../context.ts';
import { notFound } from '../outputs.ts';
import { columns, print, printDryRun } from '../print.ts';

interface Shared {
  json: boolean;
}

/** The events that endpoints refused. Answers 1 when there are any, for scripts. @throws OperatorError for an endpoint that there is not */
export async function listSetAside(
  { webhooks }: OperatorContext,
  id: string | undefined,
  { json }: Shared,
): Promise<number> {
  const endpoints = id === undefined ? await webhooks.list() : [await endpointNamed(webhooks, id)];
  const lists = await Promise.all(
    endpoints.map(async (endpoint) =>
      (await webhooks.aside.list(endpoint.id)).map((one) => ({
        endpoint: endpoint.id,
        name: nameOf(one),
        key: one.event.key,
        type: one.event.type,
        version: one.event.version,
        answered: one.status,
        setAsideAt: isoTime(one.setAsideAt),
      })),
    ),
  );
  const events = lists.flat();
  const lines = columns(
    events.map((one) => [one.endpoint, one.name, one.key, one.type, `HTTP ${one.answered}`, one.setAsideAt]),
  );
  print(json, { events }, events.length === 0 ? ['Nothing is set aside.'] : lines);
  return events.length === 0 ? 0 : 1;
}

/**
 * Wants events sent again as their keys stand now: all that are set aside for an endpoint, or what is named.
 *
 * @throws OperatorError for an endpoint that there is not, or an event that is not set aside for it
 */
export async function redeliverEvents(
  context: OperatorContext,
  id: string,
  names: readonly string[],
  { dryRun, json }: Shared & { dryRun: boolean },
): Promise<number> {
  const { webhooks } = context;
  await endpointNamed(webhooks, id);
  const kept = (await webhooks.aside.list(id)).map(nameOf);
  const unknown = names.find((name) => !kept.includes(name));
  if (unknown !== undefined)
    throw notFound(`"${unknown}" is not set aside for ${id}. "webhooks set-aside list ${id}" shows what is.`);
  const wanted = names.length === 0 ? kept : [...names];
  if (dryRun)
    return printDryRun(
      json,
      { endpoint: id, wanted },
      `${wanted.length} events would be sent to ${id} again, as their orders stand then.`,
      ...wanted.map((name) => `  ${name}`),
    );
  if (wanted.length > 0)
    await context.audited('webhooks redeliver', { endpoint: id, events: wanted.length }, async () => {
      await webhooks.admin.redeliver(id, wanted);
      await webhooks.deliveries.announce(id);
      return {};
    });
  print(json, { endpoint: id, wanted }, [
    `${wanted.length} to be sent again, once nothing else waits. What is refused again stays in the list.`,
  ]);
  return 0;
}
