// @ts-check
// The ten questions of the teachers' article (Studies/Documentation.docc/Exercises.md), each with links that set the page.
import { linkTo } from "../address.js";
import { element, quotation } from "../elements.js";

/** @typedef {{text: string, view: string, settings?: Record<string, string>}} ExerciseLink */

/** @type {{question: string, task: string, look: string, links: ExerciseLink[], command: string, finding: string}[]} */
const exercises = [
  {
    question: "Which noise makes a 3 unreadable?",
    task: "A signal is a template that was padded, scaled, shifted and tilted, with two kinds of noise on it: white noise, which is another at every point, and correlated noise, which is smooth.",
    look: "the size of each noise at which you can no longer tell a 3 from an 8, and then at which the CNN cannot.",
    links: [
      { text: "Draw digits with white noise", view: "data", settings: { "iid-noise-scale": "0.5" } },
      { text: "Draw digits with correlated noise", view: "data", settings: { "corr-noise-scale": "1" } },
      {
        text: "Train the CNN on white noise", view: "table",
        settings: { vary: "iid-noise-scale", values: "0,0.25,0.5,1", models: "cnn", steps: "2000" }
      },
      {
        text: "Train the CNN on correlated noise", view: "table",
        settings: { vary: "corr-noise-scale", models: "cnn", steps: "2000" }
      },
    ],
    command: "mnist1d sweep models=cnn dataset.iid-noise-scale=0,0.25,0.5,1 steps=2000 seeds=0..2",
    finding: "White noise is the worse by far: the CNN falls from 92.5 % to 29 % at a scale of 0.25, where the paper’s correlated noise costs it seven points of 98.8. Correlated noise stands only where the digit does not: 67 % are left at 0.5 and 53 % at 1. At 2 there are more again, 69 %: the digit is where the noise is not.",
  },
  {
    question: "Are you better than a CNN?",
    task: "Read test examples, as the network does.",
    look: "the digits that you confuse, and whether the network confuses the same ones.",
    links: [{ text: "Take the quiz", view: "quiz", settings: { examples: "50" } }],
    command: "mnist1d quiz --examples 50",
    finding: "It takes some practice. The paper’s human, an expert, was right in 95.8 % of five quizzes of a hundred.",
  },
  {
    question: "What is the order of the points worth?",
    task: "Shuffle the columns, all signals in the same way, and nothing is lost that a linear classifier could see.",
    look: "the networks that do as well as before, and those that do not. Then look up which layers they begin with.",
    links: [{ text: "Train four networks", view: "table", settings: { steps: "6000" } }],
    command: "mnist1d sweep models=logistic,mlp,cnn,gru dataset.shuffle-seq=false,true seeds=0..2",
    finding: "The logistic regression and the MLP do not notice: 31.6 and 31.5 %, 65 and 66 %. The CNN falls from 93.4 to 58.9 % and the GRU from 91.1 to 53.4 %, below the MLP: a layer that looks at neighbours, or reads from left to right, knows something about the data that is no longer true.",
  },
  {
    question: "How many examples does a network need?",
    task: "Train on a hundred examples, and on more and more.",
    look: "the number at which each line leaves the others, and for the one that still rises at the end.",
    links: [{
      text: "Train on 100 to 4000 examples", view: "table",
      settings: { vary: "training-examples", models: "logistic,mlp,cnn", steps: "2000" }
    }],
    command: "mnist1d sweep models=logistic,mlp,cnn training-examples=100,500,1000,2000,4000 steps=2000 seeds=0..2 --metric best-test-accuracy",
    finding: "With 100 examples the three are as good as one another, 21 to 25 %. The CNN leaves the others from 500 on and has 92 % with 4000; the MLP has 65 % there and still rises; the logistic regression has had all it can get, 32 to 33 %, with 1000.",
  },
  {
    question: "How large may a step be?",
    task: "Train the MLP with learning rates from a thousandth to ten, by gradient descent and by Adam.",
    look: "the best rate of each rule, how far one may be from it, and what happens to the right of it.",
    links: ["sgd", "adam"].map((optimizer) => ({
      text: optimizer === "sgd" ? "By gradient descent" : "By Adam", view: "table",
      settings: { vary: "learning-rate", values: "0.001,0.003,0.01,0.03,0.1,0.3,1,3,10", models: "mlp", steps: "2000", optimizer },
    })),
    command: 'mnist1d sweep models=mlp optimizer=sgd,adam "learning-rate=geomspace(0.001,10,9)" steps=2000 seeds=0..2',
    finding: "Gradient descent is best at a rate of 1, with 67.6 %, and at 3 the loss is infinite after some twenty steps: the best rate stands at the edge of the cliff. Adam has 60 % anywhere from 0.001 to 0.03, which is why one takes it, and never falls: it has 48 % at a rate of 10.",
  },
  {
    question: "Do deeper networks learn more?",
    task: "Train a plain MLP and one with residual connections, with 1 to 16 layers.",
    look: "the depth at which the plain network gives up, and compare the two networks there.",
    links: [{
      text: "Train both", view: "table",
      settings: { vary: "depth", models: "", "more-models": "deep-mlp,residual-mlp", steps: "2000" }
    }],
    command: "mnist1d sweep models=deep-mlp,residual-mlp depth=1,2,4,8,16 steps=2000 seeds=0..2",
    finding: "Both gain from depth at first. The plain network is best with four layers, 65.9 %, and at 16 has 48.5 % on the test set and no more than 66 % of its own training set: it does not overfit, it is no longer trained well. The residual one has 65.6 % at 16, and 96 % of its training set.",
  },
  {
    question: "Can a network learn by heart?",
    task: "Give every training signal a random label. Nothing can be learned from that but the signals themselves.",
    look: "the width from which on such labels are learned, and guess the test error before you look at it.",
    links: [{
      text: "Train on random labels", view: "double-descent", settings: { noise: "1", sizes: "10,30,100,300", epochs: "200" }
    }],
    command: "mnist1d sweep models=mlp hidden=10,30,100,300 labels=own,permuted seeds=0..2 --metric train-accuracy",
    finding: "10 units learn a fifth of permuted labels, 30 units 42 %, 100 units 91.5 % and 300 units 97 %, with a test accuracy of 10 % each, which is chance. That a network can learn by heart says nothing about whether it does.",
  },
  {
    question: "When should one stop?",
    task: "Train the MLP for long, and look at loss and accuracy on the test set.",
    look: "the step with the lowest test loss, and what the test accuracy does after it.",
    links: [
      { text: "Test loss", view: "table", settings: { models: "mlp", orders: "as-it-is", steps: "6000", show: "test-loss" } },
      { text: "Test accuracy", view: "table", settings: { models: "mlp", orders: "as-it-is", steps: "6000" } },
      {
        text: "With label smoothing", view: "table",
        settings: { models: "mlp", orders: "as-it-is", steps: "6000", show: "test-loss", "label-smoothing": "0.1" }
      },
    ],
    command: "mnist1d train --model mlp --figure training.svg",
    finding: "The lowest test loss, 1.10, is at step 250 already, with 57.7 % test accuracy. From then on the loss rises to 4.2 while the accuracy rises as well, to 65.8 %: the network becomes ever surer, also where it is wrong.",
  },
  {
    question: "Is a larger network worse?",
    task: "Some of the labels are wrong, and networks of growing width learn them.",
    look: "the width with the highest test error, how many parameters that are, and how many training examples there are.",
    links: [{ text: "Train networks of growing width", view: "double-descent" }],
    command: "mnist1d reproduce double-descent --quick models=mlp",
    finding: "By the negative log-likelihood the test error is 56.0 % with 16 hidden units, 61.4 % with 27, and 56.1 % again with 80. The worst network has 2143 parameters for 2000 training examples: just about enough to learn them by heart, wrong labels and all, and in one way only.",
  },
  {
    question: "What if one prunes by sign instead of magnitude?",
    task: "A lottery ticket is what is left when the smallest weights are pruned, step by step, and the others start anew.",
    look: "the sparsity at which the networks part, and for the neighbours that are left.",
    links: [{ text: "Prune", view: "lottery", settings: { networks: "lottery,random,sign" } }],
    command: "mnist1d reproduce lottery --quick networks=lottery,random,sign",
    finding: "Pruning by sign is worse than pruning at random from the first step on: 54 % with a tenth of the weights gone, where the others have 59 and 60, and 38 % with nine tenths gone, where they have 50 and 65. Yet more neighbours survive in it than in the lottery ticket, 1.8 % of all pairs against 1.0 %: neighbours alone do not make a ticket.",
  },
];

export class ExercisesView {
  /**
   * @param {HTMLElement} place
   * @param {import("../lab.js").Lab} lab
   */
  constructor(place, lab) {
    // What the engine lacks is left to the command.
    const methods = lab.settingsOf("lottery").find(({ key }) => key === "network")?.kind.split("|") ?? [];
    const possible = (/** @type {Record<string, string>} */ settings) =>
      settings.networks
        ? { ...settings, networks: settings.networks.split(",").filter((name) => methods.includes(name)).join(",") }
        : settings;
    place.append(
      element("h1", {}, "Exercises"),
      quotation(
        "This fast iteration cycle is the best way of obtaining insights about how to incorporate progressively more complex inductive biases into our models.",
        "MNIST-1D, section 7"
      ),
      element(
        "p", { class: "lead" },
        "Ten questions. Guess before you run, write the guess down, and then look. What one finds is from three seeds of the command; one seed here may differ by some points."
      ),
      element("ol", { class: "exercises" }, exercises.map(({ question, task, look, links, command, finding }) => element("li", {},
        element("h2", {}, question), element("p", {}, task), element("p", {}, element("strong", {}, "Look for "), look),
        element(
          "div", { class: "buttons" },
          links.map(({ text, view, settings = {} }) => element(
            "a", { class: "button", href: linkTo(view, possible(settings)) }, text
          ))
        ),
        element("details", {}, element("summary", {}, "What one finds"), element("p", {}, finding), element("p", { class: "hint" }, "The command: ", element("code", {}, command)))))));
  }

  /** There is nothing to end. */
  close() {}
}
