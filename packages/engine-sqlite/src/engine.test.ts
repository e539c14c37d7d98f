import { engineSuite } from "@towpath/testkit";
import { describe, expect, it } from "vitest";

const module = new URL("../test/engine-module.ts", import.meta.url).href;

engineSuite({ describe, it, expect }, { name: "sqlite", module, durable: true });
