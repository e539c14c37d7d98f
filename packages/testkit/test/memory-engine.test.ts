import { describe, expect, it } from "vitest";
import { engineSuite } from "../src/index.ts";

const module = new URL("./memory-engine.ts", import.meta.url).href;

engineSuite({ describe, it, expect }, { name: "memory", module, durable: false });
