import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** A file of the page, as it is sent. */
export interface Asset {
  readonly type: string;
  readonly body: string | Uint8Array;
}

const APP = join(import.meta.dirname, 'app');

/** The page's files by their addresses. There are no others: no path is ever looked up on the disk. */
export async function pageAssets(): Promise<ReadonlyMap<string, Asset>> {
  const { outputFiles } = await build({
    entryPoints: { app: join(APP, 'main.ts'), style: join(APP, 'page.css') },
    outdir: APP,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    write: false,
    logLevel: 'silent',
    legalComments: 'none',
  });
  const built = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.contents ?? '';
  const text = (name: string) => readFileSync(join(APP, name), 'utf8');
  return new Map([
    ['/', { type: 'text/html; charset=utf-8', body: text('page.html') }],
    ['/app.js', { type: 'text/javascript; charset=utf-8', body: built('.js') }],
    ['/app.css', { type: 'text/css; charset=utf-8', body: built('.css') }],
    ['/icon.svg', { type: 'image/svg+xml', body: text('icon.svg') }],
  ]);
}
