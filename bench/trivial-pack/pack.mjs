// Kept between runs like the other pack's, so that only the rules differ.
import { enableCompileCache } from "node:module";

enableCompileCache();
await import("./pack-of-one.mjs");
