import type { Component, GateResult, RunReport } from "@towpath/core";

/**
 * The same run, seen from further up: its paths are relative to a folder that holds the run's root. GitHub and GitLab
 * want paths from the root of the repository, and a configuration may lie below it.
 * @param folder POSIX path of the run's root, relative to that folder; empty when they are the same
 * @example inFolder(report, "services/billing")
 */
export function inFolder(report: RunReport, folder: string): RunReport {
  if (folder === "") return report;
  // A path that leads elsewhere still does.
  const under = (path: string): string => (/^(?:[/\\]|[a-z]:)/i.test(path) ? path : `${folder}/${path}`);
  const { plan, stages } = report;
  return {
    ...report,
    plan: {
      ...plan,
      components: plan.components.map((component) => componentIn(component, under)),
      ...(plan.configFile === undefined ? {} : { configFile: under(plan.configFile) }),
    },
    stages: stages.map((stage) => ({
      ...stage,
      results: stage.results.map((result) => resultIn(result, under)),
    })),
  };
}

function componentIn(component: Component, under: (path: string) => string): Component {
  const { source, tests, spec } = component;
  return {
    ...component,
    source: source.map(under),
    tests: tests.map(under),
    ...(spec === undefined ? {} : { spec: under(spec) }),
  };
}

function resultIn(result: GateResult, under: (path: string) => string): GateResult {
  return {
    ...result,
    findings: result.findings.map((finding) =>
      finding.file === undefined ? finding : { ...finding, file: under(finding.file) },
    ),
    measurements: result.measurements.map((measurement) => ({
      ...measurement,
      // Only a source that names a line is a path.
      source: /^[^\s:]+\.\w+:\d+/.test(measurement.source) ? under(measurement.source) : measurement.source,
    })),
  };
}
