import Tensors

/// The rules by which a training can be told to move its weights, by their names in PyTorch's lower case.
public enum OptimizerName: String, CaseIterable, Hashable, Sendable {
  /// ``SGD``, with or without momentum.
  case sgd
  /// ``RMSProp``.
  case rmsprop
  /// ``Adam``.
  case adam
  /// ``AdamW``.
  case adamw
}

/// An optimizer that is chosen while the program runs.
///
/// It does what the one that it holds does, to the bit, and its checkpoints are those of that one.
public enum NamedOptimizer: Optimizer {
  case sgd(SGD)
  case rmsprop(RMSProp)
  case adam(Adam)
  case adamw(AdamW)

  public var learningRate: Double {
    get {
      switch self {
      case .sgd(let rule): rule.learningRate
      case .rmsprop(let rule): rule.learningRate
      case .adam(let rule): rule.learningRate
      case .adamw(let rule): rule.learningRate
      }
    }
    set {
      // As below.
      switch consume self {
      case .sgd(var rule):
        rule.learningRate = newValue
        self = .sgd(rule)
      case .rmsprop(var rule):
        rule.learningRate = newValue
        self = .rmsprop(rule)
      case .adam(var rule):
        rule.learningRate = newValue
        self = .adam(rule)
      case .adamw(var rule):
        rule.learningRate = newValue
        self = .adamw(rule)
      }
    }
  }

  public var stepCount: Int {
    get {
      switch self {
      case .sgd(let rule): rule.stepCount
      case .rmsprop(let rule): rule.stepCount
      case .adam(let rule): rule.stepCount
      case .adamw(let rule): rule.stepCount
      }
    }
    set {
      // As below.
      switch consume self {
      case .sgd(var rule):
        rule.stepCount = newValue
        self = .sgd(rule)
      case .rmsprop(var rule):
        rule.stepCount = newValue
        self = .rmsprop(rule)
      case .adam(var rule):
        rule.stepCount = newValue
        self = .adam(rule)
      case .adamw(var rule):
        rule.stepCount = newValue
        self = .adamw(rule)
      }
    }
  }

  public mutating func update<Model: Parameterized>(_ model: inout Model, along gradient: Model) {
    // The rule is taken out while it works: a copy would share its moments and keep them from being updated in place.
    switch consume self {
    case .sgd(var rule):
      rule.update(&model, along: gradient)
      self = .sgd(rule)
    case .rmsprop(var rule):
      rule.update(&model, along: gradient)
      self = .rmsprop(rule)
    case .adam(var rule):
      rule.update(&model, along: gradient)
      self = .adam(rule)
    case .adamw(var rule):
      rule.update(&model, along: gradient)
      self = .adamw(rule)
    }
  }

  public var name: String {
    switch self {
    case .sgd(let rule): rule.name
    case .rmsprop(let rule): rule.name
    case .adam(let rule): rule.name
    case .adamw(let rule): rule.name
    }
  }

  public var settings: [OptimizerSetting] {
    switch self {
    case .sgd(let rule): rule.settings
    case .rmsprop(let rule): rule.settings
    case .adam(let rule): rule.settings
    case .adamw(let rule): rule.settings
    }
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    switch consume self {
    case .sgd(var rule):
      rule.visitParameters(&visit)
      self = .sgd(rule)
    case .rmsprop(var rule):
      rule.visitParameters(&visit)
      self = .rmsprop(rule)
    case .adam(var rule):
      rule.visitParameters(&visit)
      self = .adam(rule)
    case .adamw(var rule):
      rule.visitParameters(&visit)
      self = .adamw(rule)
    }
  }
}
