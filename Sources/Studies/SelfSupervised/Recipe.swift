/// Where the settings of contrastive learning come from.
package enum Recipe: String, Codable, Sendable, CaseIterable {
  /// The authors' notebook on self-supervised learning (7878d96), cells 6 to 10.
  case published
  /// This study's own search, by the accuracy of the linear probe on held-out training examples, with the seed 0.
  case tuned

  package var settings: ContrastiveSettings {
    switch self {
    case .published: return ContrastiveSettings()
    case .tuned:
      var settings = ContrastiveSettings()
      // The slope has the spread of a uniform one of ±1 over the whole length.
      settings.views = Views(shift: 40, slope: 0.0148, stretch: 0.25, scale: 0.4, noise: 0.1)
      (settings.loss, settings.schedule) = (.ntXent, .linear)
      (settings.steps, settings.batchSize) = (3000, 250)
      settings.temperature = 0.2
      (settings.hidden, settings.outputs) = (64, 32)
      return settings
    }
  }
}

/// How an encoder learns to tell which views are of the same signal; by default as the authors' does.
package struct ContrastiveSettings: Sendable, Equatable {
  /// The authors' settings.
  package init() {}

  /// How the two views of a signal are made.
  package var views = Views(shift: 10, slope: 0.04, offset: 0.3)
  /// What is minimised.
  package var loss = ContrastiveLoss.infoNCE
  /// How the step size changes.
  package var schedule = ContrastiveSchedule.constant
  /// How many steps there are: 200 epochs of 40 batches.
  package var steps = 8000
  /// How many signals a step sees, each in two views.
  package var batchSize = 100
  /// Adam's step size.
  package var learningRate = 0.01
  /// The factor of the L2 penalty's gradient.
  package var weightDecay = 0.0
  /// What cosines are divided by in the loss.
  package var temperature = 0.5
  /// How many units a hidden layer of the head has.
  package var hidden = 125
  /// How many dimensions the head projects onto.
  package var outputs = 16
}

/// What is minimised in contrastive learning.
package enum ContrastiveLoss: String, Codable, Sendable, CaseIterable {
  /// Each first view is asked which of the second views of the batch is its own.
  case infoNCE = "info-nce"
  /// Each view is asked which of all other views of the batch is its own.
  case ntXent = "nt-xent"
}

/// How the step size of contrastive learning changes.
package enum ContrastiveSchedule: String, Codable, Sendable, CaseIterable {
  case constant
  /// In a straight line to 0.
  case linear
}
