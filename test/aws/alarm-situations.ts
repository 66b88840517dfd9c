import type { DeployedService } from './deployed-service.ts';

/** Something that happens to the service, up to the instant when the alarm is read. */
export type Situation = (service: DeployedService) => Promise<void>;

/** Looks that go on for a quarter of an hour. */
const looks = async ({ run, wait }: DeployedService): Promise<void> => {
  for (let time = 0; time < 3; time += 1) {
    wait(5);
    await run('watch');
  }
};

const status = { target: '/v2/status' };

const times = async (count: number, act: () => Promise<unknown>): Promise<void> => {
  for (let time = 0; time < count; time += 1) await act();
};

/** The conditions for each alarm. */
export const situations: Readonly<Record<string, Readonly<Record<string, Situation>>>> = {
  silence: {
    'nothing has ever looked': async () => {},
    'nothing has looked for a while': async ({ run, wait }) => {
      await run('watch');
      wait(15);
    },
    'the ledger cannot be read': async (service) => {
      service.tablesAreDown = true;
      await looks(service);
    },
    // An empty ledger has something to tell: nothing has ever been synced.
    'findings cannot be put on the bus': async (service) => {
      service.busIsDown = true;
      await looks(service);
    },
    'findings cannot be mailed': async (service) => {
      service.aws.topicIsDown = true;
      await looks(service);
    },
    'the dead letters cannot be counted': async (service) => {
      service.aws.queuesAreDown = true;
      await looks(service);
    },
  },
  'webhook-errors': {
    'webhooks cannot be stored': async (service) => {
      const events = [1, 2, 3].map(() => service.happen());
      service.tablesAreDown = true;
      await service.deliver(events);
    },
    'webhooks are held back': async ({ throttle }) => throttle('receive-webhook', 3),
    'both happen': async (service) => {
      const events = [1, 2].map(() => service.happen());
      service.tablesAreDown = true;
      await service.deliver(events);
      service.throttle('receive-webhook', 1);
    },
  },
  'api-errors': {
    'the ledger cannot be read': async (service) => {
      service.tablesAreDown = true;
      await times(6, () => service.ask('query-events', status));
    },
    'no job can be begun': async (service) => {
      service.tablesAreDown = true;
      const body = JSON.stringify({ ids: [service.happen().id] });
      await times(6, () => service.ask('start-jobs', { method: 'POST', target: '/v2/republish-jobs', body }));
    },
  },
  'dead-letters': {
    'a scheduled run fails for good': async (service) => {
      service.tablesAreDown = true;
      await service.run('close-day');
    },
    'a batch of the stream is given up': async ({ giveUpBatch }) => giveUpBatch(),
  },
};

/** A quarter of an hour in which all is well, with some of everything. */
export const healthy: Situation = async ({ happen, deliver, run, wait, ask }) => {
  await run('sync');
  await times(3, async () => {
    await deliver([happen(), happen()]);
    for (const schedule of ['sync', 'sweep', 'jobs', 'watch']) await run(schedule);
    await ask('query-events', status);
    wait(5);
  });
};

/** A quarter of an hour with one of each fault that is temporary, or that findings report. */
export const hiccups: Situation = async (service) => {
  const { happen, deliver, run, wait, ask, aws, throttle } = service;
  await run('watch');
  const [first, second] = [happen(), happen()];
  service.tablesAreDown = true;
  await deliver([first]);
  await ask('query-events', status);
  service.tablesAreDown = false;
  throttle('receive-webhook', 1);
  await deliver([first, second]);
  await run('sync');
  wait(5);
  for (const fault of ['busIsDown', 'tablesAreDown'] as const) {
    service[fault] = true;
    if (fault === 'busIsDown') await run('watch');
    else await ask('query-events', status);
    service[fault] = false;
  }
  aws.topicIsDown = true;
  await run('watch');
  aws.topicIsDown = false;
  wait(5);
  await run('watch');
};
