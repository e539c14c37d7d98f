export type { Answer, Backend, CallOptions } from "./backend.ts";
export { createServer, type ServerOptions } from "./create-server.ts";
export {
  fixFailingGates,
  limits,
  planFromSpec,
  promoteComponent,
  writeGatePlugin,
  type Guide,
} from "./guides.ts";
export { serve } from "./serve.ts";
