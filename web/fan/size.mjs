/** What a phone loads before it shows anything, gzipped; the build fails when it is more than 30 kB. */
import { readFileSync, readdirSync } from "node:fs";
import { gzipSync } from "node:zlib";

const MOST = 30 * 1024;
const html = readFileSync("dist/index.html", "utf8");
const assets = readdirSync("dist/assets").filter((name) => html.includes(`assets/${name}`)).map((name) => `dist/assets/${name}`);
const sizes = ["dist/index.html", ...assets].map((file) => [file, gzipSync(readFileSync(file)).length]);
const all = sizes.reduce((sum, [, size]) => sum + size, 0);
for (const [file, size] of sizes) console.log(`${String(size).padStart(7)}  ${file}`);
console.log(`${String(all).padStart(7)}  first load, gzip, of at most ${MOST}`);
if (all > MOST) process.exit(1);
