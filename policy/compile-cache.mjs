// A pack is started anew for every preview: what Node makes of its packages is kept between runs.
import { enableCompileCache } from "node:module";

enableCompileCache();
