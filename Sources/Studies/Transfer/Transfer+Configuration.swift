import DataFormats
import Foundation
import MNIST1D
import NeuralNetworks
import Runs
import Storage
import StudyModels

extension Transfer {
  /// The settings; where the paper leaves them open, those of its baselines.
  package struct Configuration: StudyConfiguration {
    package var seeds = [42, 43, 44, 45, 46]
    package var activations = Activation.allCases
    package var channels = 25
    package var steps = 2000
    package var earlySteps = 300
    package var batchSize = 100
    package var learningRate = 1e-2
    package var imageLearningRate = 1e-3
    package var evalEvery = 250
    package var activation = ""
    package var activationDigest = ""
    package var mnist = ""
    package var mnistDigest = ""
    package var cifar10 = ""
    package var cifar10Digest = ""
    package var dataset = DatasetConfiguration()

    package static let meanings = [
      "seeds":
        "The seeds of the initial weights and of the order of the examples, one training each.",
      "activations": "The functions that follow each convolution.",
      "channels": "How many channels each convolution has.",
      "steps": "The number of the last step.",
      "earlySteps":
        "Over how many of the first steps the training loss is averaged: by default as many as the learned function was "
        + "trained through.",
      "batchSize": "How many examples a step sees.",
      "learningRate": "Adam's step size on MNIST-1D.",
      "imageLearningRate": "Adam's step size on images.",
      "evalEvery": "Every how many steps the network is evaluated.",
      "activation":
        "The folder of a finished run of metalearn-activation, or a file learned-activation.safetensors, whose function "
        + "is \"learned\"; by default that of the study's own settings is.",
      "activationDigest": "A digest of that function, found out where it is not given.",
      "mnist":
        "The folder of MNIST's four files, such as train-images-idx3-ubyte, plain or .gz; without one, "
        + "MNIST is left out.",
      "mnistDigest": "The SHA-256 digest of what they hold, found out where it is not given.",
      "cifar10":
        "The folder of CIFAR-10's binary batches, such as data_batch_1.bin; without one, CIFAR-10 is left out.",
      "cifar10Digest": "The SHA-256 digest of what they hold, found out where it is not given.",
      "dataset": "The dataset MNIST-1D.",
    ]

    /// The settings.
    package init() {}

    /// One seed and a tenth of the steps.
    package static var quick: Configuration {
      var quick = Configuration()
      quick.seeds = [42]
      quick.steps = 300
      quick.evalEvery = 100
      return quick
    }

    package mutating func resolve() throws {
      try PublishedImages.mnist.resolve(&mnist, digest: &mnistDigest)
      try PublishedImages.cifar10.resolve(&cifar10, digest: &cifar10Digest)
      guard !activation.isEmpty else {
        guard activationDigest.isEmpty else {
          throw SettingError(
            "activation-digest is given without activation, the folder that holds the function")
        }
        return
      }
      activation = activation.wholePath
      activationDigest = try function(in: activation).digest
    }

    /// What is classified.
    var data: [Data] {
      [.mnist1d] + (mnist.isEmpty ? [] : [.mnist]) + (cifar10.isEmpty ? [] : [.cifar10])
    }

    /// Where images are.
    struct Place: Hashable {
      let kind: PublishedImages
      let folder: String
      let digest: String
    }

    /// Where images are.
    func place(of images: PublishedImages) -> Place {
      switch images {
      case .mnist: Place(kind: images, folder: mnist, digest: mnistDigest)
      case .cifar10: Place(kind: images, folder: cifar10, digest: cifar10Digest)
      }
    }

    /// A function that was learned.
    func function(of activation: Activation) throws -> SampledActivation {
      guard activation == .learned else { return .learnedLarger }
      return self.activation.isEmpty ? .learned : try function(in: self.activation)
    }

    /// The function in a file, or in the folder of a run.
    private func function(in place: String) throws -> SampledActivation {
      let own = "files/learned-activation.safetensors"
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: place, isDirectory: &isFolder)
      let path = isFolder.boolValue ? "\(place)/\(own)" : place
      guard InputFile.exists(path) else {
        throw SettingError(
          "activation is \(place), which \(isFolder.boolValue ? "holds no \(own)" : "is not there"); it must be the "
            + "folder of a finished run of metalearn-activation, or such a file")
      }
      let function = SampledActivation(try LearnedActivation(reading: path))
      guard function.values.allSatisfy(\.isFinite) else {
        throw SettingError("the function in \(path) is not finite between -10 and 10")
      }
      guard activationDigest.isEmpty || activationDigest == function.digest else {
        throw SettingError(
          "activation-digest is \(activationDigest), and the function in \(path) has \(function.digest); "
            + "name the folder of that function, or leave the digest out")
      }
      return function
    }

    /// How a network learns from the data.
    func training(on data: Data) -> TrainingRecipe {
      var recipe = TrainingRecipe()
      recipe.steps = steps
      recipe.batchSize = batchSize
      recipe.learningRate = data == .mnist1d ? learningRate : imageLearningRate
      recipe.evalEvery = evalEvery
      // Files of images may have them class by class.
      recipe.order = .shuffled
      return recipe
    }

    func isEvaluated(after step: Int) -> Bool { step % evalEvery == 0 || step == steps }

    package func validate() throws {
      try training(on: .mnist1d).validate()
      try requireMagnitudes([("image-learning-rate", imageLearningRate)])
      try requireValues([("seeds", seeds.isEmpty), ("activations", activations.isEmpty)])
      try requireSeeds(seeds)
      try requireCounts([("early-steps", earlySteps)])
      guard earlySteps <= steps + 1 else {
        throw SettingError(
          "early-steps is \(earlySteps); of \(steps + 1) steps it must be at most that many")
      }
      try requireWidths([("channels", channels)])
      try requireExamples(of: dataset)
      try requireSignals(
        of: dataset, for: "the convolutional network", ConvolutionalNetwork.shortestInput)
    }
  }
}

extension SampledActivation {
  /// The first sixteen digits of the SHA-256 of the values as little-endian bytes.
  package var digest: String {
    let bytes = values.flatMap { value in
      withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init)
    }
    return String(SHA256.hexadecimal(bytes).prefix(16))
  }
}
