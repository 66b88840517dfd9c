/** `npm start`: the whole service on this machine, until Ctrl-C. */
import './node-version.cjs';
import { startCommand } from './start-command.ts';

await startCommand();
