import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

let made: URL | undefined;

/**
 * `worker.ts` as JavaScript, made once for all workers of this process. Node would load its own compiler of types in every
 * one of them: half of the time that a worker takes to begin.
 */
export function workerSource(): URL {
  made ??= new URL(`data:text/javascript,${encodeURIComponent(bundle())}`);
  return made;
}

function bundle(): string {
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL('./worker.ts', import.meta.url))],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node24',
  });
  return outputFiles.map(({ text }) => text).join('');
}
