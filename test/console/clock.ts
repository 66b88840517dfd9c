/**
 * Loaded with --import before a process of the tests: it, and each thread that it starts, lives at the instant that the
 * environment variable CLOCK names, and time passes from there. So what a page shows of days and deadlines does not
 * depend on the day on which the tests run.
 */
import { syncBuiltinESMExports } from 'node:module';
import threads from 'node:worker_threads';

const realNow = Date.now.bind(Date);
// A function's thread has the environment of a Lambda, and no arguments of this process.
if (threads.isMainThread) threads.setEnvironmentData('ahead', Date.parse(process.env.CLOCK ?? '') - realNow());
const ahead = Number(threads.getEnvironmentData('ahead'));
if (Number.isNaN(ahead)) throw new Error('CLOCK is no instant');

Date.now = () => realNow() + ahead;
globalThis.Date = new Proxy(Date, {
  construct: (target, args, made) => Reflect.construct(target, args.length === 0 ? [Date.now()] : args, made),
  apply: () => new Date().toString(),
});

threads.Worker = class extends threads.Worker {
  constructor(file: string | URL, options: threads.WorkerOptions = {}) {
    super(file, { ...options, execArgv: [...(options.execArgv ?? []), '--import', import.meta.filename] });
  }
};
syncBuiltinESMExports();
