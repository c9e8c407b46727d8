import { UrlRefused } from '../functions/erp/webhooks/addresses.ts';
import type { CallResult, EndpointCaller, OpenEndpoint } from '../functions/erp/webhooks/call.ts';
import { headersOf } from '../functions/erp/webhooks/session.ts';
import { OperatorError } from './outputs.ts';

/** Opens a line to an endpoint, which judges its URL and looks its name up. @throws OperatorError saying what is wrong */
export async function openLine(caller: EndpointCaller, url: string): Promise<OpenEndpoint> {
  try {
    return await caller.open(url);
  } catch (error) {
    if (error instanceof UrlRefused)
      throw new OperatorError(`This endpoint cannot be used: ${error.message}.`);
    throw error;
  }
}

/** Judges the URL of an endpoint and looks its name up; nothing is sent. @throws OperatorError saying what is wrong */
export async function checkUrl(caller: EndpointCaller, url: string): Promise<void> {
  (await openLine(caller, url)).close();
}

/** Sends an event, signed. */
export function post(
  line: OpenEndpoint,
  secrets: readonly string[],
  event: { id: string },
  nowMs: number,
): Promise<CallResult> {
  const body = JSON.stringify(event);
  return line.post(headersOf(secrets, event.id, body, nowMs), body);
}

export const isTaken = (result: CallResult): boolean =>
  'status' in result && result.status >= 200 && result.status < 300;

/** What came of a call, for a person. */
export const said = (result: CallResult): string =>
  'status' in result ? `HTTP ${result.status}` : result.failure;
