import { parentPort, workerData } from 'node:worker_threads';
import { measureVirtual } from './measure-virtual.ts';

/** A thread of its own: the tables of the simulated account need more memory than the process has by default. */
parentPort?.postMessage(await measureVirtual(workerData));
