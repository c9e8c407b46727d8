/** A client of the SDK, as far as its patience shows. */
export interface PatientClient {
  config: { maxAttempts: number | (() => Promise<number>); requestHandler: object };
}

/** The settings of the SDK's own handler, which it keeps to itself. */
interface Handler {
  configProvider: Promise<{
    requestTimeout?: number;
    throwOnRequestTimeout?: boolean;
    socketTimeout?: number;
  }>;
}

const known = new WeakMap<object, Promise<number | undefined>>();

/**
 * How long a call of this client lasts that is never answered (ms); undefined when it lasts for ever. Read off the client
 * itself, because forgetting a time-out is a mistake that the worlds are to notice.
 */
export function patienceOf(client: PatientClient): Promise<number | undefined> {
  const patience = known.get(client.config) ?? read(client);
  known.set(client.config, patience);
  return patience;
}

async function read({ config: { maxAttempts, requestHandler } }: PatientClient): Promise<number | undefined> {
  if (!isHandler(requestHandler)) throw new Error('the SDK keeps the settings of its handler elsewhere now');
  const { requestTimeout, throwOnRequestTimeout, socketTimeout } = await requestHandler.configProvider;
  const ends = [throwOnRequestTimeout === true ? requestTimeout : undefined, socketTimeout].filter(
    (ms) => ms !== undefined && ms > 0,
  );
  if (ends.length === 0) return undefined;
  const attempts = typeof maxAttempts === 'number' ? maxAttempts : await maxAttempts();
  return attempts * Math.min(...ends.map(Number));
}

const isHandler = (handler: object): handler is Handler => 'configProvider' in handler;
