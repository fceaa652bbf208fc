// Pulumi's own language host starts packs under a TypeScript compiler that refuses `.ts` in import paths; from a module that it leaves alone, Node
// itself runs what follows. What Node makes of it is kept between runs: a pack is started anew for every preview.
import { enableCompileCache } from "node:module";

enableCompileCache();
await import("./index.ts");
