/** Tells people of a run; that nobody could be told is no reason to stop it. */
import { publish } from "../aws/notifications.ts";
import { type Notification, notificationOf } from "../core/run/notification.ts";
import type { Run } from "../core/run/run.ts";
import { logger } from "./step.ts";

export async function notify(run: Run): Promise<void> {
  const notification = notificationOf(run);
  if (notification !== undefined) await tell(notification);
}

export async function tell(notification: Notification): Promise<void> {
  await publish(notification).catch((error) => logger.warn("nobody was told", { error }));
}
