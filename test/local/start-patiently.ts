/** `npm start` for a slow machine: none of its limits fails it, and a stop ends running functions at once. */
import { startCommand } from '../../infra/local/start-command.ts';

await startCommand({ stopWithinMs: 3_600_000, loadSeconds: 3600, sleep: async () => {} });
