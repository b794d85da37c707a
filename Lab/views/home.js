// @ts-check
// Where a visitor begins: what this is, and the questions that the views answer.
import { linkTo } from "../address.js";
import { seriesColor } from "../appearance.js";
import { element, quotation } from "../elements.js";
import { rangeOf, signalRow } from "../signals.js";

/** @type {{question: string, answer: string, view: string, settings?: Record<string, string>}[]} */
const questions = [
  { question: "What is in the data?", answer: "Turn noise, translation and shear, and watch ten digits change.", view: "data" },
  {
    question: "What is the order of the points worth?", answer: "Table 1: four networks, points in order and shuffled.",
    view: "table"
  },
  {
    question: "Does noise hurt a CNN more than an MLP?", answer: "Train both on more and more noise.", view: "table",
    settings: { vary: "iid-noise-scale", models: "mlp,cnn" }
  },
  { question: "Are you better than a CNN?", answer: "Read the same test examples as the network.", view: "quiz" },
  {
    question: "What do networks see in what you draw?", answer: "Draw a signal; four networks say which digit it is.", view: "draw"
  },
  {
    question: "Can a learning rate be learned?", answer: "Differentiate a whole training, and search downhill.",
    view: "learning-rate"
  },
  {
    question: "Can an activation function be learned?", answer: "Watch it bend, and see whether networks get better by it.",
    view: "activation"
  },
  { question: "When does pooling help?", answer: "Five ways of pooling, few examples and many.", view: "pooling" },
  { question: "How few weights are enough?", answer: "Prune a network again and again, and look at its mask.", view: "lottery" },
  {
    question: "Is a larger network worse?", answer: "Double descent: the error against size, point by point.",
    view: "double-descent"
  },
  { question: "What to ask a class?", answer: "Ten exercises, each a link that sets the page.", view: "exercises" },
  {
    question: "Is it the same everywhere?", answer: "Compare this browser's bits with those of every other machine.", view: "bits"
  },
];

export class HomeView {
  /**
   * @param {HTMLElement} place
   * @param {import("../lab.js").Lab} lab
   */
  constructor(place, lab) {
    this.digits = element("div", { class: "figure-drawing" });
    place.append(
      element("h1", {}, "The MNIST-1D lab"),
      element(
        "p", { class: "lead" },
        "The paper “Scaling down deep learning” in this page: it makes the data, trains the networks and metalearns here, in your browser, with the same bits as everywhere."
      ),
      this.digits,
      quotation(
        "We see carefully-controlled, small-scale experiments as a great way to address these problems.", "MNIST-1D, section 5"
      ),
      element("ul", { class: "cards" }, questions.map(({ question, answer, view, settings }) =>
        element("li", {}, element("a", { href: linkTo(view, settings) }, element("strong", {}, question), element("span", {}, answer))))));
    const draw = () => {
      const width = Math.floor(this.digits.clientWidth);
      if (width === 0) return;
      const signals = Array.from({ length: 10 }, (_, digit) => lab.core.call("stage", digit, 42 + digit, 8, ""));
      const range = rangeOf(signals);
      this.digits.innerHTML = signalRow(signals.map(
        (signal, digit) => ({ title: String(digit), signal, range, color: seriesColor(digit) })
      ),
        { width, height: 130, perRow: width < 620 ? 5 : 10, summary: "An example of each of the ten digits." });
    };
    this.observer = new ResizeObserver(draw);
    this.observer.observe(this.digits);
  }

  close() {
    this.observer.disconnect();
  }
}
