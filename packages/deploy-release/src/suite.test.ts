import { deployerSuite } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { host } from "../test/host.ts";

deployerSuite({ describe, it, expect }, { name: "release", target: host });
