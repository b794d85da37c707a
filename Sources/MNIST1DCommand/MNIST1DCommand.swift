import ArgumentParser

/// The command `mnist1d`.
@main
struct MNIST1DCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mnist1d",
    abstract: "Small-scale deep-learning science on MNIST-1D."
  )
}
