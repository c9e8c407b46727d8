import { Worker } from 'node:worker_threads';

/**
 * Ends this process, and whatever it started, when its parent is gone. A thread of its own looks, because this one may be
 * busy for seconds on end. The process has to be the first of its group.
 */
export function dieWithParent(): void {
  const code = `
    const parent = ${process.ppid};
    setInterval(() => { if (process.ppid !== parent) process.kill(-process.pid, 'SIGKILL'); }, 100);
  `;
  new Worker(code, { eval: true }).unref();
}
