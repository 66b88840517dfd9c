import { openAccount } from '../telnyx/account.ts';
import type { DeployedService } from './deployed-service.ts';

/** Something that happens to the service, up to the instant when the alarm is read. */
export type Situation = (service: DeployedService) => Promise<void>;

const REPUBLISH_PATH = '/v2/porting/events/00000000-0000-4000-8000-000000000001/republish';

const everyFiveMinutes = async ({ wait, run }: DeployedService, times: number): Promise<void> => {
  for (let time = 0; time < times; time += 1) {
    wait(5);
    await run('sync');
  }
};

const answering = (status: number) => () => ({ status, headers: { 'retry-after': '0' }, body: { errors: [] } });

/** Each way in which we call Telnyx. */
const callsOfTelnyx: Readonly<Record<string, Situation>> = {
  'sync-events': async ({ run }) => void (await run('sync')),
  'republish-event': async ({ ask }) => {
    await ask('republish-event', { method: 'POST', target: REPUBLISH_PATH });
  },
  'query-deliveries': async ({ ask }) =>
    void (await ask('query-deliveries', { target: '/v2/webhook-deliveries/failed' })),
  'run-jobs': async ({ ask, happen, run }) => {
    const body = JSON.stringify({ ids: [happen().id] });
    await ask('start-jobs', { method: 'POST', target: '/v2/republish-jobs', body });
    await run('jobs');
  },
};

/** A webhook of the type came long ago, so the next ones are due. */
const withAChannel = async ({ happen, deliver, run, wait }: DeployedService): Promise<void> => {
  await deliver([happen()]);
  await run('sync');
  wait(120);
};

/** Events that only the list shows, until their webhooks are given up. */
const unnotified =
  (missed: number, arrived: number): Situation =>
  async (service) => {
    await withAChannel(service);
    const events = Array.from({ length: missed + arrived }, () => service.happen());
    await service.run('sync');
    await service.deliver(events.slice(missed));
    service.wait(16);
    await service.run('sweep');
  };

const forEachCall = (status: number, until: (name: string) => number): Record<string, Situation> =>
  Object.fromEntries(
    Object.entries(callsOfTelnyx).map(([name, call]) => [
      `${name} is answered ${status}`,
      async (service: DeployedService) => {
        service.telnyx.intercept = answering(status);
        for (let times = until(name); times > 0; times -= 1) {
          await call(service);
          // Jobs rest for a minute after a refusal.
          service.wait(1.1);
        }
      },
    ]),
  );

/** The conditions for each alarm on a metric that we write. */
export const situations: Readonly<Record<string, Readonly<Record<string, Situation>>>> = {
  'sync-stopped': {
    'nothing has ever run': async () => {},
    'nothing has run for a while': async ({ run, wait }) => {
      await run('sync');
      wait(15);
    },
    'the API key is not in its secret': async (service) => {
      await service.run('sync');
      service.forgetKey();
      await everyFiveMinutes(service, 3);
    },
    'each run fails': async (service) => {
      await service.run('sync');
      service.telnyx.intercept = answering(403);
      await everyFiveMinutes(service, 3);
    },
    'only ranges are listed': async (service) => {
      for (let time = 0; time < 3; time += 1) {
        service.wait(5);
        await service.run('nightly');
      }
    },
  },
  'cursor-behind': {
    'a first run over years has just begun': async ({ run }) => void (await run('sync', 10)),
    'no run has made progress for half an hour': async (service) => {
      await service.run('sync');
      service.wait(31);
      service.telnyx.intercept = answering(403);
      await service.run('sync');
    },
  },
  'key-refused': {
    ...forEachCall(401, () => 1),
    // A key that is right for everything else may be refused the log of deliveries.
    ...withoutDeliveries(forEachCall(403, () => 1)),
  },
  // The sync and the jobs ask five times before they give up.
  'rate-limited': forEachCall(429, (name) => (/^(sync-events|run-jobs)$/.test(name) ? 3 : 11)),
  'webhooks-refused': {
    'all are signed with another key': async ({ happen, deliver }) =>
      deliver(
        Array.from({ length: 11 }, () => happen()),
        openAccount(),
      ),
    'more than half are': async ({ happen, deliver }) => {
      await deliver(Array.from({ length: 10 }, () => happen()));
      await deliver(
        Array.from({ length: 11 }, () => happen()),
        openAccount(),
      );
    },
  },
  'notifications-missed': {
    'some of many never came': unnotified(5, 20),
    'the only two of an hour never came': unnotified(2, 0),
  },
  'publishing-behind': {
    'the bus accepts nothing': async (service) => {
      service.busIsDown = true;
      await service.deliver([service.happen()]);
      service.wait(16);
      await service.run('sweep');
    },
    'nothing sweeps': async ({ run, wait }) => {
      await run('sweep');
      wait(5.1);
    },
  },
  'orders-overdue': {
    'an order has been an exception for weeks': async ({ happen, deliver, run }) => {
      const payload = { id: '00000000-0000-4000-8000-0000000000aa', status: { value: 'exception', details: [] } };
      const created_at = '2026-02-20T12:00:00.000000Z';
      await deliver([happen({ payload, porting_order_id: payload.id, created_at })]);
      await run('close-day');
    },
  },
};

function withoutDeliveries(all: Record<string, Situation>): Record<string, Situation> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith('query-deliveries')));
}

/** Half an hour in which all is well, with some of everything. */
export const healthy: Situation = async (service) => {
  const { happen, deliver, run, wait, ask } = service;
  const calls = Object.values(callsOfTelnyx);
  for (let time = 0; time < 3; time += 1) {
    const events = [happen(), happen()];
    await deliver(events);
    for (const call of calls) await call(service);
    wait(5);
    await run('sync');
    await run('sweep');
  }
  await ask('query-deliveries', { target: '/v2/webhook-deliveries/failed' });
  await run('close-day');
};

/** An hour with one of each fault that is temporary, or that the status and the bus report. */
export const hiccups: Situation = async (service) => {
  await withAChannel(service);
  const { happen, deliver, run, wait, telnyx } = service;
  // Only the list shows this event.
  happen();
  const refused = happen();
  await deliver([refused], openAccount());
  await deliver([refused, happen(), happen()]);
  service.busIsDown = true;
  await deliver([happen()]);
  service.busIsDown = false;
  let faults = 1;
  telnyx.intercept = () => (faults-- > 0 ? answering(429)() : undefined);
  await run('sync');
  wait(5);
  await run('sweep');
  wait(5);
  faults = 5;
  telnyx.intercept = () => (faults-- > 0 ? answering(500)() : undefined);
  await run('sync');
  wait(5);
  telnyx.intercept = undefined;
  await run('sync');
  wait(2);
  await run('sweep');
  await run('close-day');
};
