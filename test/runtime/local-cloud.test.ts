import { join } from 'node:path';
import { setEnvironmentData, Worker } from 'node:worker_threads';
import { expect, it, onTestFinished, vi } from 'vitest';
import { LOCAL_CLOUD_MARK, runsInLocalCloud } from '../../functions/runtime/local-cloud.ts';

const MODULE = join(import.meta.dirname, '../../functions/runtime/local-cloud.ts');

/** What a function is told that runs in a thread of its own. */
function inThread(options: { marked: boolean; env?: Record<string, string> }): Promise<unknown> {
  const code = `
    const { parentPort, setEnvironmentData } = require('node:worker_threads');
    ${options.marked ? `setEnvironmentData('${LOCAL_CLOUD_MARK}', true);` : ''}
    import('${MODULE}').then(({ runsInLocalCloud }) => parentPort.postMessage(runsInLocalCloud()));`;
  const worker = new Worker(code, { eval: true, env: options.env ?? {}, execArgv: ['--no-warnings'] });
  onTestFinished(async () => void (await worker.terminate()));
  return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
}

it('a function of the local cloud knows it by the mark of its thread', async () => {
  expect(await inThread({ marked: true })).toBe(true);
});

it('no environment variable makes a function believe it', async () => {
  const env = {
    [LOCAL_CLOUD_MARK]: 'true',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
    AWS_SAM_LOCAL: 'true',
  };

  expect(await inThread({ marked: false, env })).toBe(false);
});

it('the main thread, where Lambda runs a function, is never it, mark or not', () => {
  vi.stubEnv(LOCAL_CLOUD_MARK, 'true');
  setEnvironmentData(LOCAL_CLOUD_MARK, true);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    setEnvironmentData(LOCAL_CLOUD_MARK);
  });

  expect(runsInLocalCloud()).toBe(false);
});
