import { setTimeout } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { OwnError } from '../../functions/runtime/describe-error.ts';
import { createRuntime, frame, type Invocation, parsed } from '../../functions/runtime/handler.ts';
import type { LogFields } from '../../functions/runtime/telemetry.ts';

const CONTEXT = { awsRequestId: 'req-1', getRemainingTimeInMillis: () => 1234 } as Context;

/** A runtime that writes down what happens to its log and metrics, in order. */
function runtime() {
  const happened: string[] = [];
  const lines: LogFields[] = [];
  const quiet = () => {};
  return {
    happened,
    lines,
    log: {
      begin: (fields: LogFields) => {
        happened.push('begin');
        lines.push(fields);
      },
      debug: quiet,
      info: quiet,
      warn: quiet,
      error: quiet,
    },
    metrics: { add: quiet, flush: () => void happened.push('flush') },
  };
}

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe('the frame of a function', () => {
  it('names the call in the log before the work, and writes the metrics after it', async () => {
    const made = runtime();
    const handler = frame(made, async (event: { n: number }) => {
      made.happened.push('work');
      return event.n + 1;
    });

    const result = await handler({ n: 1 }, CONTEXT);

    expect(result).toBe(2);
    expect(made.happened).toEqual(['begin', 'work', 'flush']);
    expect(made.lines).toEqual([{ requestId: 'req-1' }]);
  });

  it('writes the metrics also when the work fails, and passes an error of ours on', async () => {
    const made = runtime();
    const handler = frame(made, () => Promise.reject(new OwnError('the work failed')));

    await expect(handler({}, CONTEXT)).rejects.toThrow('the work failed');

    expect(made.happened).toEqual(['begin', 'flush']);
  });

  it('lets no text from outside out of the function, which Lambda would log: of a foreign error the name alone', async () => {
    const handler = frame(runtime(), async (body: string) => JSON.parse(body));

    const failure = await handler('{"name":Juana Plantada}', CONTEXT).catch((error: unknown) => error);

    expect(failure).toMatchObject({ name: 'SyntaxError', message: 'SyntaxError' });
    expect((failure as Error).stack).not.toContain('Juana');
  });

  it('writes the metrics once for each call', async () => {
    const made = runtime();
    const handler = frame(made, async () => {});

    await handler({}, CONTEXT);
    await handler({}, { ...CONTEXT, awsRequestId: 'req-2' });

    expect(made.happened).toEqual(['begin', 'flush', 'begin', 'flush']);
    expect(made.lines).toEqual([{ requestId: 'req-1' }, { requestId: 'req-2' }]);
  });

  it('tells the work which call it is, and what is left of its time', async () => {
    let told: Invocation | undefined;
    const handler = frame(runtime(), async (_event: object, invocation) => {
      told = invocation;
    });

    await handler({}, CONTEXT);

    expect([told?.requestId, told?.remainingMs()]).toEqual(['req-1', 1234]);
  });

  it('does not end a call before its work does, however little time is left', async () => {
    // The library's own timer cannot be moved: it would end the call at the next turn, so the work takes a moment longer.
    const handler = frame(runtime(), async () => {
      await setTimeout(5);
      return 'whole';
    });

    const result = await handler({}, { ...CONTEXT, getRemainingTimeInMillis: () => 1 });

    expect(result).toBe('whole');
  });
});

describe('an event that is parsed', () => {
  const schema = z.strictObject({ storeId: z.string(), dryRun: z.boolean().default(false) });

  it('reaches the work as its schema reads it', async () => {
    const handler = frame(runtime(), async (event: z.output<typeof schema>) => event, parsed(schema));

    expect(await handler({ storeId: 's' } as z.output<typeof schema>, CONTEXT)).toEqual({
      storeId: 's',
      dryRun: false,
    });
  });

  it('that is wrong never reaches the work; the caller learns why, and the metrics are written', async () => {
    const made = runtime();
    const work = vi.fn(async (_event: z.output<typeof schema>) => {});
    const handler = frame(made, work, parsed(schema));

    await expect(handler({ storeId: 's', dryrun: true } as never, CONTEXT)).rejects.toThrow(/dryrun/);

    expect(work).not.toHaveBeenCalled();
    expect(made.happened).toEqual(['begin', 'flush']);
  });
});

describe('the runtime of a function', () => {
  it('has its job’s environment, and a log that names platform and job', async () => {
    // Arrange
    vi.stubEnv('MERCHANT', 'demo');
    vi.stubEnv('SECRETS', '{"app":"arn:app"}');
    vi.stubEnv('QUEUE_URL', 'https://queue');
    const written: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);

    // Act
    const { env, log, metrics } = createRuntime('receive', 'bazaar');
    log.begin({ requestId: 'req-1' });
    log.info('hello');
    log.info('failed', { error: new Error('Juana Plantada') as never });
    metrics.add('WebhookAccepted', 'bazaar', 1);
    metrics.flush();

    // Assert
    expect(env).toMatchObject({ MERCHANT: 'demo', SECRETS: { app: 'arn:app' }, LOG_LEVEL: 'INFO' });
    expect(written.join('')).toContain('"service":"bazaar-receive"');
    expect(written.join('')).toContain('"requestId":"req-1"');
    expect(written.join('')).toContain('"error":"Error"');
    expect(written.join('')).not.toContain('Juana');
  });

  it('is refused with every variable that is missing or wrong', () => {
    vi.stubEnv('MERCHANT', '');
    vi.stubEnv('SECRETS', 'not JSON');

    expect(() => createRuntime('poll', 'bazaar')).toThrow(/environment of poll is wrong[\s\S]*MERCHANT/);
    expect(() => createRuntime('poll', 'bazaar')).toThrow(
      /SECRETS[\s\S]*CONTROL_TABLE|CONTROL_TABLE[\s\S]*SECRETS/,
    );
  });
});
