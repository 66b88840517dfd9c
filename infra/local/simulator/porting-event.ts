/** The event types that come by webhook. Source: the OpenAPI document's `PortingEvent`. */
export const typesWithWebhook = [
  'porting_order.status_changed',
  'porting_order.new_comment',
  'porting_order.split',
  'porting_order.messaging_changed',
  'porting_order.deleted',
] as const;

/** The event types that only the Events API shows. Source: the OpenAPI document's `PortingEventWithoutWebhook`. */
export const typesWithoutWebhook = ['porting_order.loa_updated', 'porting_order.sharing_token_expired'] as const;

/** A port-in event as the Events API shows it. Timestamps are RFC 3339 with microseconds. */
export interface PortingEvent {
  readonly id: string;
  readonly event_type: string;
  readonly porting_order_id: string;
  /** `created` until the payload is generated, then `completed`. */
  readonly payload_status: string;
  readonly payload: Readonly<Record<string, unknown>> | null;
  readonly available_notification_methods: readonly string[];
  readonly record_type?: string;
  /** For `porting_order.deleted` the newest specification has the two timestamps inside `payload`. */
  readonly created_at?: string;
  readonly updated_at?: string;
}
