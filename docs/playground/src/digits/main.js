/** The module of the site's page on the generator. */
import { Page } from "./page.js";

for (const host of document.querySelectorAll(".gan-digits"))
  if (host instanceof HTMLElement) new Page(host, import.meta.url);
