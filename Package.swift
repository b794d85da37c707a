// swift-tools-version: 6.0
import PackageDescription

let strict: [SwiftSetting] = [.enableUpcomingFeature("ExistentialAny")]

// Needs a compiler with libFuzzer, so it is there for Tests/Fuzzing/run alone.
let fuzzing: [Target] =
  Context.environment["MNIST1D_FUZZING"] == nil
  ? []
  : [
    .executableTarget(
      name: "Fuzzing",
      dependencies: [
        "DataFormats", "Storage", "Runs", "Studies", "NeuralNetworks", "Tensors", "ReferenceRandom",
      ], path: "Tests/Fuzzing",
      exclude: ["run", "seeds"], swiftSettings: strict)
  ]

// The page in a browser: the core as modules of WebAssembly, one for each kind of kernels, "relaxed", "emulated" and
// "portable". Only Lab/build asks for them.
let wasmKernels = Context.environment["MNIST1D_LAB"]
let core: [SwiftSetting] =
  strict
  + (wasmKernels == nil
    ? [] : [.enableExperimentalFeature("Embedded"), .enableExperimentalFeature("Extern")])

let package = Package(
  name: "swift-mnist1d",
  platforms: [.macOS(.v13)],
  products: [
    .executable(name: "mnist1d", targets: ["MNIST1DCommand"]),
    .library(name: "MNIST1D", targets: ["MNIST1D", "ReferenceRandom"]),
    .library(name: "Tensors", targets: ["Tensors", "ReferenceRandom"]),
    .library(
      name: "NeuralNetworks", targets: ["NeuralNetworks", "Tensors", "MNIST1D", "ReferenceRandom"]),
    // What a study of one's own needs, and a command for it.
    .library(name: "Storage", targets: ["Storage"]),
    .library(name: "DataFormats", targets: ["DataFormats"]),
    .library(name: "Figures", targets: ["Figures"]),
    .library(name: "Runs", targets: ["Runs"]),
    .library(name: "StudyCommands", targets: ["StudyCommands"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // The portable core: no Foundation, no existentials, no reflection.
    .target(
      name: "CKernels",
      // Sanitizers take minutes for each instruction set, and the readers call few kernels.
      cSettings: fuzzing.isEmpty
        ? wasmKernels.map {
          [
            .define("CK_WASM_\($0.uppercased())"),
            .headerSearchPath("../CWebAssembly/headers"),
          ]
        } ?? []
        : [.define("CK_PORTABLE_ONLY")],
      // The portable kernels call fmaf where the hardware lacks it.
      linkerSettings: wasmKernels == nil
        ? [.linkedLibrary("m", .when(platforms: [.linux, .android]))] : []),
    .target(name: "ReferenceRandom", swiftSettings: core),
    .target(name: "MNIST1D", dependencies: ["ReferenceRandom"], swiftSettings: core),
    .target(
      name: "Tensors", dependencies: ["CKernels", "ReferenceRandom"], swiftSettings: core),
    .target(
      name: "NeuralNetworks", dependencies: ["Tensors", "CKernels", "MNIST1D", "ReferenceRandom"],
      swiftSettings: core),

    // What the studies measure, as far as it is as portable.
    .target(
      name: "StudyModels",
      dependencies: ["NeuralNetworks", "Tensors", "MNIST1D", "ReferenceRandom"],
      swiftSettings: core),

    // The browser: a C-level surface over all that.
    .target(
      name: "Lab",
      dependencies: ["StudyModels", "NeuralNetworks", "Tensors", "MNIST1D", "ReferenceRandom"],
      swiftSettings: core),

    // What needs files, threads and a terminal.
    .target(name: "CSignals"),
    // The command's own: it replaces the C library's `malloc`.
    .target(name: "CAllocation"),
    .target(name: "Storage", dependencies: ["CSignals"], swiftSettings: strict),
    .target(
      name: "DataFormats", dependencies: ["Storage", "MNIST1D", "Tensors", "NeuralNetworks"],
      swiftSettings: strict),
    .target(name: "Figures", dependencies: ["Storage"], swiftSettings: strict),
    .target(
      name: "Runs", dependencies: ["Storage", "CSignals", "Figures", "ReferenceRandom"],
      swiftSettings: strict),
    .target(
      name: "Studies",
      dependencies: [
        "StudyModels", "Runs", "Figures", "DataFormats", "Storage", "NeuralNetworks", "Tensors",
        "MNIST1D", "ReferenceRandom",
      ],
      swiftSettings: strict),
    .target(
      name: "Benchmarking",
      dependencies: [
        "Studies", "StudyModels", "Runs", "Storage", "NeuralNetworks", "Tensors", "MNIST1D",
        "ReferenceRandom",
        "CKernels",
      ],
      swiftSettings: strict),
    .target(
      name: "StudyCommands",
      dependencies: [
        "Runs", "Figures", "DataFormats", "Storage", "CSignals", "NeuralNetworks", "Tensors",
        "MNIST1D",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: strict),
    .executableTarget(
      name: "MNIST1DCommand",
      dependencies: [
        "StudyCommands", "Benchmarking", "Studies", "Runs", "Figures", "DataFormats", "Storage",
        "CSignals",
        "CAllocation", "NeuralNetworks", "Tensors", "MNIST1D", "ReferenceRandom",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: strict),

    // The programs in Examples, without what only this package may use: its tests run them here, too.
    .executableTarget(
      name: "NoiseExample",
      dependencies: [
        "StudyCommands", "Runs", "Figures", "DataFormats", "NeuralNetworks", "Tensors", "MNIST1D",
        "ReferenceRandom",
      ], path: "Examples/Sources/noise", packageAccess: false, swiftSettings: strict),
    .executableTarget(
      name: "UDLExample",
      dependencies: [
        "Runs", "Figures", "Storage", "NeuralNetworks", "Tensors", "MNIST1D", "ReferenceRandom",
      ], path: "Examples/Sources/udl", packageAccess: false, swiftSettings: strict),
    .executableTarget(
      name: "TrainingExample",
      dependencies: ["DataFormats", "NeuralNetworks", "Tensors", "MNIST1D", "ReferenceRandom"],
      path: "Examples/Sources/training", packageAccess: false, swiftSettings: strict),

    // Golden files from NumPy, PyTorch and the reference implementation, and their reader.
    .target(
      name: "Fixtures", path: "Tests/Fixtures", exclude: ["Golden", "generate"],
      swiftSettings: strict),
    .testTarget(
      name: "ReferenceRandomTests", dependencies: ["ReferenceRandom", "Fixtures"],
      swiftSettings: strict),
    .testTarget(
      name: "MNIST1DTests", dependencies: ["MNIST1D", "ReferenceRandom", "Fixtures"],
      swiftSettings: strict),
    .testTarget(name: "StorageTests", dependencies: ["Storage"], swiftSettings: strict),
    .testTarget(
      name: "DataFormatsTests",
      dependencies: [
        "DataFormats", "Storage", "NeuralNetworks", "ReferenceRandom", "MNIST1D", "Fixtures",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "TensorsTests", dependencies: ["Tensors", "CKernels", "ReferenceRandom", "Fixtures"],
      swiftSettings: strict),
    .testTarget(
      name: "NeuralNetworksTests",
      dependencies: [
        "NeuralNetworks", "Tensors", "MNIST1D", "ReferenceRandom", "DataFormats", "Storage",
        "Fixtures",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "LabTests", dependencies: ["Lab", "DataFormats", "NeuralNetworks"],
      swiftSettings: strict),
    .testTarget(
      name: "FiguresTests", dependencies: ["Figures", "DataFormats", "Storage", "Fixtures"],
      swiftSettings: strict),
    .testTarget(
      name: "RunsTests", dependencies: ["Runs", "Figures", "Storage"], swiftSettings: strict),
    .testTarget(
      name: "StudiesTests",
      dependencies: [
        "StudyCommands", "Studies", "StudyModels", "Runs", "Figures", "DataFormats", "Storage",
        "NeuralNetworks", "Tensors", "MNIST1D", "ReferenceRandom", "Fixtures",
      ],
      swiftSettings: strict),
    // The examples of the documentation, which may use what users may.
    .testTarget(
      name: "DocumentationTests",
      dependencies: [
        "Figures", "DataFormats", "Storage", "NeuralNetworks", "Tensors", "MNIST1D",
        "ReferenceRandom",
      ], packageAccess: false, swiftSettings: strict),
    .testTarget(
      name: "BenchmarkingTests",
      dependencies: ["Benchmarking", "Runs", "Storage", "NeuralNetworks", "Tensors", "Fixtures"],
      swiftSettings: strict),
    .testTarget(
      name: "MNIST1DCommandTests",
      dependencies: [
        "MNIST1DCommand", "NoiseExample", "UDLExample", "TrainingExample", "DataFormats", "Storage",
        "NeuralNetworks", "MNIST1D", "ReferenceRandom",
      ],
      swiftSettings: strict),
  ] + fuzzing,
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)

// A module of WebAssembly is the core, the surface and what a C library would have, and nothing else, so that building
// one fetches nothing.
if wasmKernels != nil {
  let kept = ["CKernels", "ReferenceRandom", "MNIST1D", "Tensors", "NeuralNetworks", "StudyModels"]
  package.targets.removeAll { !kept.contains($0.name) }
  package.targets += [
    .target(name: "CWebAssembly"),
    .executableTarget(
      name: "Lab",
      dependencies: [
        "CWebAssembly", "StudyModels", "NeuralNetworks", "Tensors", "MNIST1D", "ReferenceRandom",
      ], swiftSettings: core),
  ]
  package.products = [.executable(name: "Lab", targets: ["Lab"])]
  package.dependencies = []
}
