// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "examples",
  platforms: [.macOS(.v13)],
  dependencies: [.package(name: "swift-mnist1d", path: "..")],
  targets: [
    .executableTarget(
      name: "noise",
      dependencies: [
        .product(name: "StudyCommands", package: "swift-mnist1d"),
        .product(name: "Runs", package: "swift-mnist1d"),
        .product(name: "Figures", package: "swift-mnist1d"),
        .product(name: "DataFormats", package: "swift-mnist1d"),
        .product(name: "NeuralNetworks", package: "swift-mnist1d"),
      ]),
    .executableTarget(
      name: "udl",
      dependencies: [
        .product(name: "Runs", package: "swift-mnist1d"),
        .product(name: "Figures", package: "swift-mnist1d"),
        .product(name: "Storage", package: "swift-mnist1d"),
        .product(name: "NeuralNetworks", package: "swift-mnist1d"),
      ]),
    .executableTarget(
      name: "training",
      dependencies: [
        .product(name: "DataFormats", package: "swift-mnist1d"),
        .product(name: "NeuralNetworks", package: "swift-mnist1d"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
