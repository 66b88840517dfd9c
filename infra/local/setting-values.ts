import { generateKeyPairSync } from 'node:crypto';
import type { Names } from './description.ts';
import type { Settings } from './settings.ts';
import type { Simulator } from './simulator/simulator.ts';

/** What the functions of this machine are told. They refuse an empty value, so what is not set has a word of its own. */
export function settingValues(
  settings: Settings,
  simulator: Simulator | undefined,
  { apiUrl, webhookUrl }: { apiUrl: string; webhookUrl: string },
): Names['settings'] {
  return {
    telnyxBaseUrl: settings.telnyx?.baseUrl ?? simulator?.url ?? '',
    telnyxPublicKey: publicKeys(settings, simulator).join(','),
    ledgerName: 'local',
    apiUrl,
    webhookUrl,
    webhookTypes: settings.webhookTypes,
    graceMinutes: String(settings.graceMinutes),
    overdueAfter: settings.overdueAfter ?? 'default',
    syncIntervalSeconds: String(settings.syncIntervalSeconds),
    retainDays: settings.retainDays === undefined ? 'none' : String(settings.retainDays),
    healing: settings.healing,
    healingPerDay: String(settings.healingPerDay),
  };
}

/** The function needs one at boot. A key that nobody holds makes it refuse every webhook, as it should when none is known. */
function publicKeys(settings: Settings, simulator: Simulator | undefined): readonly string[] {
  const keys = simulator ? [simulator.publicKey, ...settings.publicKeys] : settings.publicKeys;
  if (keys.length > 0) return keys;
  const { x = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
  return [Buffer.from(x, 'base64url').toString('base64')];
}
