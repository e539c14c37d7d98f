import type { AlertSource } from "@towpath/core";
import type { MonitoringOptions } from "../options.ts";
import { alertmanagerAlerts } from "./alertmanager-alerts.ts";
import { commandAlerts } from "./command-alerts.ts";
import { fileAlerts } from "./file-alerts.ts";

/** Where alerts arrive, as the options say. */
export function alertSource(monitoring: MonitoringOptions): AlertSource {
  if ("file" in monitoring) return fileAlerts(monitoring.file);
  if ("command" in monitoring) return commandAlerts(monitoring.command);
  return alertmanagerAlerts(monitoring.alertmanager);
}
