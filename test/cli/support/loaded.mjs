// Imports modules and prints every file that Node.js loads for them, one a line: what really runs, as no reading of texts would tell it.
import { registerHooks } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const loaded = new Set();
registerHooks({
  load(url, context, next) {
    if (url.startsWith("file:")) loaded.add(url);
    return next(url, context);
  },
});
const own = pathToFileURL(`${process.cwd()}/`).href;
for (const module of process.argv.slice(2)) await import(pathToFileURL(resolve(module)).href);
for (const url of loaded) if (url.startsWith(own)) process.stdout.write(`${decodeURI(url.slice(own.length))}\n`);
