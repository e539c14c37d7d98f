import { statfsSync } from "node:fs";
import { expect, it } from "vitest";
import { networkFileSystem } from "./network-file-system.ts";

it.each([
  [0x6969, "NFS"],
  [0xff534d42, "CIFS"],
  [0xff534d42 | 0, "CIFS"],
  [0x65735546, "FUSE"],
])("%i is %s", (type, name) => {
  expect(networkFileSystem(type)).toBe(name);
});

it.each([
  ["ext4", 0xef53],
  ["tmpfs", 0x01021994],
  ["btrfs", 0x9123683e],
  ["overlay", 0x794c7630],
  ["what this test runs on", statfsSync(import.meta.dirname).type],
])("%s is a local disk", (_, type) => {
  expect(networkFileSystem(type)).toBe(undefined);
});
