import { expect, it } from "vitest";
import { options } from "./options.ts";

it("asks for a security review, and for drills that are not older than a month", () => {
  expect(options.parse(undefined)).toEqual({ attest: ["security-review"], drillMaxAgeDays: 30 });
});

it.each([
  [{ file: "alerts.jsonl" }, { file: "alerts.jsonl" }],
  [{ command: ["alerts"] }, { command: ["alerts"] }],
  [
    { alertmanager: { url: "http://127.0.0.1:9093" } },
    { alertmanager: { url: "http://127.0.0.1:9093", matchers: [] } },
  ],
])("reads where alerts arrive: %j", (written, read) => {
  expect(options.parse({ monitoring: written }).monitoring).toEqual(read);
});

it.each([
  [{ attests: [] }],
  [{ attest: ["Security Review"] }],
  [{ attest: ["legal", "legal"] }],
  [{ attest: ["rollback"] }],
  [{ drillMaxAgeDays: 0 }],
  [{ drillMaxAgeDays: Infinity }],
  [{ monitoring: {} }],
  [{ monitoring: { file: "a.jsonl", command: ["alerts"] } }],
  [{ monitoring: { command: [] } }],
  [{ monitoring: { command: "alerts --json" } }],
  [{ monitoring: { alertmanager: { url: "ftp://example.org" } } }],
  [{ monitoring: { alertmanager: { url: "http://user:word@example.org" } } }],
  [{ monitoring: { alertmanager: { url: "http://example.org", filter: [] } } }],
])("refuses %j", (written) => {
  expect(options.safeParse(written).success).toBe(false);
});
