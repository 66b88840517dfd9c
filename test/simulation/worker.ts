import { parentPort } from 'node:worker_threads';
import { simulate } from './simulation.ts';

/** Simulates the seeds that it receives, one after the other, and sends each verdict back. */
parentPort?.on('message', async (seed: number) => parentPort?.postMessage(await simulate(seed)));
