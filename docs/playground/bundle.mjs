// Write the modules that site and notebooks load: gan_helpers/assets/game.js and the site's
// docs/static/generator.js. With --check nothing is written: it fails if one of them is not
// what the sources make.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

// Names within the game, often used and long; none is the name of something of the browser's.
const INTERNAL =
  /^(settings|discriminator|generator|[dg]Optimizer|equilibrium|probability|moments|measures|penalise|penaliseBetween|penalty|playButton|turnOf[DG]|shownFakes|shownLatents|noReals|viewGrads|[dg]View|dGrads|latentDim|drawReal|drawHeat|drawLevel|drawWeb|drawArrows|stages|activation|isProbability|balance|layers|outputs|numbers|controls|colours|progress|counted|charts|waiting|asleep|course|pushes|webRows|dCount|gCount|turns|wrong|plane|board|shown)$/;

const styles = {
  name: "styles",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), {
        loader: "css",
        minify: true,
      });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

async function bundle(source, target, options) {
  const { outputFiles, metafile } = await build({
    entryPoints: [here(source)],
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    charset: "utf8",
    legalComments: "none",
    banner: { js: "// Made by docs/playground/bundle.mjs from docs/playground/src: do not edit." },
    plugins: [styles],
    write: false,
    metafile: true,
    ...options,
  });
  const [{ contents }] = outputFiles;
  if (process.argv.includes("--sizes"))
    for (const [name, { bytesInOutput }] of Object.entries(
      Object.values(metafile.outputs)[0].inputs,
    ))
      console.log(`${bytesInOutput} ${name}`);
  if (process.argv.includes("--check")) {
    const kept = await readFile(here(`../../${target}`));
    if (!kept.equals(contents)) {
      console.error(`${target} is not what docs/playground/src makes: npm run build`);
      process.exit(1);
    }
  } else await writeFile(here(`../../${target}`), contents);
  console.log(`${target}: ${contents.length} bytes`);
}

await bundle("src/main.js", "gan_helpers/assets/game.js", { mangleProps: INTERNAL });
await bundle("src/digits/main.js", "docs/static/generator.js", {});
