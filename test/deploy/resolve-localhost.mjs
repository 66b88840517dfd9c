import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';

// Loaded before the command line: the names of APIs that MiniStack gives, such as `abcd1234.execute-api.localhost`, are
// in no DNS. Not every system resolves all names under `localhost`.
const { lookup } = dns;
dns.lookup = (name, ...rest) => lookup(name.endsWith('.localhost') ? '127.0.0.1' : name, ...rest);
syncBuiltinESMExports();
