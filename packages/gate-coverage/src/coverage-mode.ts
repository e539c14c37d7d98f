/**
 * How coverage is measured: by pytest-cov with or without its JSON report, by coverage.py around pytest, or not; with
 * `off` not even where the project's own settings ask pytest-cov for it.
 */
export type CoverageMode = "pytest-cov" | "pytest-cov-without-json" | "coverage-run" | "none" | "off";

/**
 * The best way that the installed distributions allow. The JSON report of pytest-cov came with 4.1; it saves a
 * second process.
 * @example coverageMode({ pytest: "9.2.0", "pytest-cov": "7.1.0" }) // "pytest-cov"
 */
export function coverageMode(distributions: Readonly<Record<string, string>>): Exclude<CoverageMode, "off"> {
  const cov = distributions["pytest-cov"];
  if (cov !== undefined) {
    const [major = 0, minor = 0] = cov.split(".").map(Number);
    return major > 4 || (major === 4 && minor >= 1) ? "pytest-cov" : "pytest-cov-without-json";
  }
  return distributions["coverage"] === undefined ? "none" : "coverage-run";
}
