export { htmlReport } from "./html-report.ts";
export type * from "./model.ts";
export { dashboardModel, type ModelSource } from "./project-model.ts";
export { serveDashboard, type DashboardOptions, type DashboardServer } from "./serve-dashboard.ts";
