// swift-tools-version: 6.1
import PackageDescription

// Times of single operators, for whoever works on the kernels:
//
//     swift package --package-path Benchmarks benchmark
let package = Package(
  name: "mnist1d-benchmarks",
  platforms: [.macOS(.v13)],
  dependencies: [
    .package(name: "swift-mnist1d", path: ".."),
    // Without its traits, which replace malloc and the reference counting.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    .executableTarget(
      name: "Kernels",
      dependencies: [
        .product(name: "NeuralNetworks", package: "swift-mnist1d"),
        .product(name: "Benchmark", package: "benchmark"),
      ],
      path: "Benchmarks/Kernels",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
  ],
  swiftLanguageModes: [.v6]
)
