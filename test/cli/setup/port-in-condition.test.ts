import { describe, expect, it } from 'vitest';
import { chooseCondition } from '../../../infra/cli/setup/port-in-condition.ts';

const condition = (id: string, event: string, more: object = {}) => ({
  id,
  name: 'on account',
  notification_event_id: event,
  associated_record_type: 'account',
  supported_channels: ['webhook', 'email'],
  enabled: true,
  ...more,
});

describe('the condition of port-in', () => {
  it.each(['Port In Notifications', 'Port-In Order Status', 'port_in', 'Porting In'])('is found by %s', (name) => {
    const events = [
      { id: 'out', name: 'Port Out Notifications' },
      { id: 'in', name },
      { id: 'other', name: 'Support Info' },
    ];
    expect(chooseCondition(events, [condition('1', 'out'), condition('2', 'in'), condition('3', 'other')])).toBe('2');
  });

  it('is that of the account where there is one for a phone number too', () => {
    const phone = condition('1', 'in', { associated_record_type: 'phone_number' });
    const mute = condition('3', 'in', { supported_channels: ['email'] });
    const off = condition('4', 'in', { enabled: false });
    const events = [{ id: 'in', name: 'Port In' }];
    expect(chooseCondition(events, [phone, condition('2', 'in'), mute, off])).toBe('2');
    expect(chooseCondition(events, [phone])).toBe('1');
  });

  it('is asked for where several fit, or none does', () => {
    const events = [{ id: 'in', name: 'Port In' }];
    const both = [condition('1', 'in'), condition('2', 'in', { name: 'on split' })];
    expect(() => chooseCondition(events, both)).toThrow('--condition: 1 (on account), 2 (on split)');
    expect(() => chooseCondition([{ id: 'in', name: 'Import' }], both)).toThrow('in the portal, or give --condition');
  });
});
