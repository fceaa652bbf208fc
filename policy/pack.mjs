// Pulumi's own language host starts packs under a TypeScript compiler that refuses `.ts` in import paths; from a module that it leaves alone, Node
// itself runs what follows. It loads this one by require, which allows no await at the top level.
import "./compile-cache.mjs";
import "./index.ts";
