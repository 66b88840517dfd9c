/** `npm start` for a slow machine: no limit of its own fails it, and a stop ends what runs at once. */
import { startCommand } from '../../infra/local/start-command.ts';

await startCommand({ stopWithinMs: 3_600_000, loadSeconds: 3600, sleep: async () => {} });
