import type { DashboardModel } from "./model.ts";
import { pageDocument } from "./page-document.ts";

/**
 * The pages as one file that makes no request and can be opened from anywhere.
 * @example await writeFile("report.html", htmlReport(dashboardModel({ journal, project: "shop", components: [], now: Date.now() })));
 */
export function htmlReport(model: DashboardModel): string {
  return pageDocument(model);
}
