/** `npm start`: the whole service on this machine, until Ctrl-C. */
import './node-version.cjs';
import { installationFault } from './installation-fault.ts';

try {
  // Imported here, not above, because its packages may not be installed.
  const { startCommand } = await import('./start-command.ts');
  await startCommand();
} catch (error) {
  const fault = installationFault(error);
  if (fault === undefined) throw error;
  process.stderr.write(`${fault}\n`);
  process.exitCode = 1;
}
