// Builds the form engine into the static files that Django serves. Nothing is fetched at run time.
import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";
import { housePatches } from "./patches.js";

export default defineConfig({
  base: "./",
  plugins: [housePatches(), vue()],
  build: {
    outDir: fileURLToPath(
      new URL("../../src/datlanh/delivery/static/datlanh/build/formengine", import.meta.url),
    ),
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 4000,
    rollupOptions: {
      preserveEntrySignatures: "strict", // the app asks the entry for `openForm`
      input: fileURLToPath(new URL("./src/main.js", import.meta.url)),
      output: {
        entryFileNames: "formengine.js",
        chunkFileNames: "formengine-[name]-[hash].js",
        assetFileNames: "formengine[extname]",
      },
    },
  },
});
