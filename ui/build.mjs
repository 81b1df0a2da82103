// Makes what the faces serve: the style sheet, the icon sprite, the fonts, and a note of what they were made from.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const out = process.argv[2] ?? join(here, "../src/usance/static/usance");
const INPUTS = ["app.in.css", "build.mjs", "icons.txt", "package-lock.json"];

function styles() {
  const cli = join(modules, "@tailwindcss/cli/dist/index.mjs");
  execFileSync(process.execPath, [cli, "-i", "app.in.css", "-o", join(out, "app.css"), "--minify"], { cwd: here, stdio: ["ignore", "ignore", "inherit"] });
}

function icons() {
  const names = readFileSync(join(here, "icons.txt"), "utf8").split("\n").filter(Boolean);
  const symbols = names.map((name) => {
    const svg = readFileSync(join(modules, "lucide-static/icons", `${name}.svg`), "utf8");
    const shapes = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>")).replace(/\s+/g, " ").trim();
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`;
  });
  writeFileSync(join(out, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`);
  copyFileSync(join(modules, "lucide-static/LICENSE"), join(out, "icons.LICENSE.txt"));
}

function fonts() {
  const inter = join(modules, "@fontsource-variable/inter");
  for (const part of ["latin", "latin-ext"]) {
    copyFileSync(join(inter, `files/inter-${part}-wght-normal.woff2`), join(out, `inter-${part}.woff2`));
  }
  copyFileSync(join(inter, "LICENSE"), join(out, "inter.OFL.txt"));
}

function inputs() {
  const lines = INPUTS.map((name) => `${createHash("sha256").update(readFileSync(join(here, name))).digest("hex")}  ui/${name}`);
  writeFileSync(join(out, "app.css.inputs"), `${lines.join("\n")}\n`);
}

mkdirSync(out, { recursive: true });
styles();
icons();
fonts();
inputs();
