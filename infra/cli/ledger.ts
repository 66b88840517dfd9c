/** `npm run ledger -- <command>`: the ledger's HTTP API for people. */
import '../local/node-version.cjs';
import './main.ts';
