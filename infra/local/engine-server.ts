import type { Server } from 'node:http';
import dynalite from 'dynalite';
import { closeIteratorsOnReturn } from './level-iterators.ts';

/**
 * The embedded engine as a server that does not listen yet. Its tables are ready at once, and it closes its iterators.
 *
 * @param path the folder that holds the data; without it they are in memory
 */
export function engineServer(path?: string): Server {
  closeIteratorsOnReturn();
  return dynalite({ ...(path !== undefined && { path }), createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
}
