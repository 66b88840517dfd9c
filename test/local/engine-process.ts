/**
 * The embedded engine in a process of its own, so that a test can kill it in the middle of its work. Sends its endpoint
 * to its parent.
 */
import { startEngine } from '../../infra/local/dynamodb.ts';

const [, , path = ''] = process.argv;
const { endpoint } = await startEngine({ path });
process.send?.(endpoint);
