// @ts-check
// The page: starts the laboratory, and opens the view that the address names.
import { Address, linkTo } from "./address.js";
import { element, listed } from "./elements.js";
import { Lab } from "./lab.js";
import { ActivationView } from "./views/activation.js";
import { BitsView, kernelWords } from "./views/bits.js";
import { DatasetView } from "./views/data.js";
import { DoubleDescentView } from "./views/double-descent.js";
import { DrawView } from "./views/draw.js";
import { ExercisesView } from "./views/exercises.js";
import { HomeView } from "./views/home.js";
import { LearningRateView } from "./views/learning-rate.js";
import { LotteryView } from "./views/lottery.js";
import { PoolingView } from "./views/pooling.js";
import { QuizView } from "./views/quiz.js";
import { TableView } from "./views/table.js";

/**
 * @typedef {object} View what is open
 * @property {() => void} close ends its trials
 * @property {import("./controls.js").Controls} [controls]
 */

/** @type {Record<string, {title: string, View: new (place: HTMLElement, lab: Lab, address: Address) => View}>} */
const views = {
  home: { title: "Start", View: HomeView },
  data: { title: "Data", View: DatasetView },
  table: { title: "Compare", View: TableView },
  draw: { title: "Draw", View: DrawView },
  quiz: { title: "Quiz", View: QuizView },
  "learning-rate": { title: "Learning rate", View: LearningRateView },
  activation: { title: "Activation", View: ActivationView },
  pooling: { title: "Pooling", View: PoolingView },
  lottery: { title: "Lottery", View: LotteryView },
  "double-descent": { title: "Double descent", View: DoubleDescentView },
  exercises: { title: "Exercises", View: ExercisesView },
  bits: { title: "Same bits", View: BitsView },
};

const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @type {View | undefined} */
let open;
/** @type {Address | undefined} */
let openAddress;

/**
 * @param {Lab} lab
 * @param {boolean} isFirst
 */
function show(lab, isFirst) {
  /** @type {string[]} */
  const notices = [];
  if (open?.controls?.batch?.isUnderWay) notices.push(`The training in “${views[openAddress?.view ?? ""].title}” was stopped when you left.`);
  open?.close();
  openAddress?.close();
  open = undefined;
  const address = new Address(), name = Object.hasOwn(views, address.view) ? address.view : "home";
  if (address.view && name !== address.view) {
    notices.push(`There is no view “${address.view}”: this is the start.`);
    // Its settings would be another view's.
    address.parts.clear();
  }
  address.view = name;
  openAddress = address;
  const main = byId("main"), { title, View } = views[name];
  main.replaceChildren();
  document.title = name === "home" ? "The MNIST-1D lab" : `${title} – MNIST-1D lab`;
  byId("navigation").replaceChildren(...Object.entries(views).map(([other, { title }]) =>
    element("a", { href: linkTo(other), "aria-current": other === name ? "page" : null }, title)));
  byId("home-link").setAttribute("href", linkTo("home"));
  try {
    open = new View(main, lab, address);
  } catch (error) {
    main.replaceChildren(element(
      "p", { class: "fault", role: "alert" }, `This view cannot be shown: ${/** @type {any} */ (error).message}`
    ));
    throw error;
  }
  const unknown = address.unknown.map((part) => `“${part}”`);
  if (unknown.length > 0) notices.push(`${listed(unknown)} ${unknown.length > 1 ? "are no settings" : "is not a setting"} of this view.`);
  byId("notice").textContent = notices.join(" ");
  byId("notice").hidden = notices.length === 0;
  if (isFirst) return;
  // As when a page is loaded: from the top, and a screen reader begins with the heading.
  scrollTo(0, 0);
  const heading = main.querySelector("h1");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus({ preventScroll: true });
}

async function main() {
  // The link to the content leaves the address alone, which carries the settings.
  byId("skip").onclick = (event) => {
    event.preventDefault();
    byId("main").focus();
  };
  const lab = await Lab.start();
  byId("kernels").textContent = `Computed in this browser with ${kernelWords[lab.kernels]}, on ${lab.workers.length} ${lab.workers.length === 1 ? "worker" : "workers"}; nothing is sent anywhere.`;
  show(lab, true);
  addEventListener("hashchange", () => show(lab, false));
  // What tests and curious visitors call.
  Object.assign(window, { lab });
}

main().catch((error) => {
  byId("main").replaceChildren(element("p", { class: "fault", role: "alert" }, `The lab cannot start: ${error.message}`));
  throw error;
});
