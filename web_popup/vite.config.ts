import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const FIRST_LOAD_LIMIT = 200_000;

/** Prints what a browser must load before it shows anything, gzipped, and refuses a build above the limit. */
function firstLoad(): Plugin {
  return {
    name: "first-load",
    apply: "build",
    generateBundle(_options, bundle) {
      const files = new Set<string>();
      const follow = (name: string) => {
        const file = bundle[name];
        if (!file || files.has(name)) return;
        files.add(name);
        if (file.type === "chunk") {
          for (const css of file.viteMetadata?.importedCss ?? []) files.add(css);
          file.imports.forEach(follow);
        }
      };
      for (const file of Object.values(bundle)) {
        // One language is loaded too; German is the longer one.
        if (file.type === "chunk" && (file.isEntry || file.facadeModuleId?.endsWith("/i18n/de.ts"))) {
          follow(file.fileName);
        }
      }
      const bytes = [...files].reduce((sum, name) => {
        const file = bundle[name];
        return sum + (file ? gzipSync(file.type === "chunk" ? file.code : file.source).length : 0);
      }, 0);
      this.info(`first load: ${(bytes / 1000).toFixed(1)} kB gzip of at most ${FIRST_LOAD_LIMIT / 1000} kB`);
      if (bytes > FIRST_LOAD_LIMIT) this.error("the first load is too large");
    },
  };
}

/** Writes the service worker, which must know all files of this very build. */
function serviceWorker(): Plugin {
  return {
    name: "service-worker",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      const shipped = readdirSync("public").filter((name) => !name.startsWith("."));
      const built = Object.keys(bundle).filter((name) => name.startsWith("assets/"));
      const files = ["index.html", ...shipped, ...built].map((name) => `/${name}`).sort();
      const code = readFileSync("src/notify/serviceWorker.js", "utf8");
      const said = [...shipped.map((name) => `public/${name}`), "index.html"].map((name) => readFileSync(name));
      const hash = said.reduce((sum, content) => sum.update(content), createHash("sha256").update(code + files));
      this.emitFile({
        type: "asset",
        fileName: "sw.js",
        source: code.replace("__FILES__", JSON.stringify(files)).replace("__BUILD__", hash.digest("hex").slice(0, 12)),
      });
    },
  };
}

const service = process.env.CTI_CRM_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), firstLoad(), serviceWorker()],
  build: {
    outDir: "../cti_crm/static",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: "es2022",
    // What is loaded first comes in two files, ours and others', instead of in forty.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: "vendor", test: /node_modules/, tags: ["$initial"] }] } },
    },
  },
  server: { proxy: { "/api": { target: service }, "/ws": { target: service, ws: true } } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
