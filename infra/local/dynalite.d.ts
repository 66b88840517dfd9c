declare module 'dynalite' {
  import type { Server } from 'node:http';

  export interface DynaliteOptions {
    readonly path?: string;
    readonly createTableMs?: number;
    readonly deleteTableMs?: number;
    readonly updateTableMs?: number;
  }

  /** A server that speaks DynamoDB's protocol once it listens. Closing it also closes its store. */
  export default function dynalite(options?: DynaliteOptions): Server;
}
