import type { Fault, Responder, SimResponse } from '../simulator.ts';
import { bodyBytes } from './responder.ts';

/** What playing a fault needs from the server. */
export interface FaultStage {
  /** Lets the platform act, and gives its true answer. */
  act(): Promise<SimResponse>;
  errorFor(status: number): SimResponse;
  pause(ms: number): Promise<void>;
}

const HTML =
  '<!DOCTYPE html>\n<html><head><title>Request refused</title></head>' +
  '<body><h1>The service is not available</h1></body></html>\n';

/**
 * Answers one call as the fault demands.
 *
 * @returns the HTTP status that reached the caller, or 0 when none did.
 */
export async function playFault(fault: Fault, responder: Responder, stage: FaultStage): Promise<number> {
  const headers = fault.headers ?? {};
  const answer = (response: SimResponse): number => {
    responder.send({ ...response, headers: { ...response.headers, ...headers } });
    return response.status;
  };
  const cutOff = (response: SimResponse): number => {
    responder.cutOff({ ...response, headers: { ...response.headers, ...headers } });
    return response.status;
  };
  switch (fault.kind) {
    case 'status':
      return answer(stage.errorFor(fault.status ?? 500));
    case 'html':
      return answer({
        status: fault.status ?? 502,
        headers: { 'content-type': 'text/html; charset=utf-8' },
        body: HTML,
      });
    case 'slow':
      await stage.pause(fault.delayMs ?? 1000);
      return answer(await stage.act());
    case 'timeout-before':
      return silence(fault, responder, stage);
    case 'timeout-after':
      await stage.act();
      return silence(fault, responder, stage);
    case 'reset-before':
      return reset(responder);
    case 'reset-after':
      await stage.act();
      return reset(responder);
    case 'reset-during':
      return cutOff(await stage.act());
    case 'empty-body': {
      const { body: _, ...rest } = await stage.act();
      return answer({ ...rest, status: fault.status ?? rest.status });
    }
    case 'truncated-body': {
      const response = await stage.act();
      const bytes = bodyBytes(response.body ?? '');
      return answer({ ...response, body: bytes.subarray(0, Math.floor(bytes.length / 2)) });
    }
  }
}

// Without a delay the socket stays open until the caller gives up or the simulator stops.
function silence(fault: Fault, responder: Responder, stage: FaultStage): number {
  if (fault.delayMs !== undefined) void stage.pause(fault.delayMs).then(() => responder.close());
  return 0;
}

function reset(responder: Responder): number {
  responder.reset();
  return 0;
}
