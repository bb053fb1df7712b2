// swift-tools-version: 6.2
import Foundation
import PackageDescription

/// Where LibTorch lies: `$LIBTORCH` if set, else what `make` unpacked into `.deps/libtorch`.
let libtorch =
  Context.environment["LIBTORCH"].flatMap { $0.isEmpty ? nil : $0 }
  ?? "\(Context.packageDirectory)/.deps/libtorch"

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// Loops over every pixel are a hundred times slower unoptimised; debug tests need them fast.
let strictAndOptimised: [SwiftSetting] =
  strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// The headers of CUDA's toolkit, which CUDA graphs need, if LibTorch is one for CUDA and `$CUDA_HOME` says where they are.
let cudaHeaders = Context.environment["CUDA_HOME"].flatMap { folder in
  FileManager.default.fileExists(atPath: "\(libtorch)/lib/libtorch_cuda.so")
    ? "\(folder)/include" : nil
}

let cxx: [CXXSetting] = [
  .unsafeFlags(
    [
      "-std=c++20", "-O2", "-fvisibility=hidden",
      "-isystem", "\(libtorch)/include",
      "-isystem", "\(libtorch)/include/torch/csrc/api/include",
    ] + (cudaHeaders.map { ["-DCTORCH_CUDA_GRAPHS", "-isystem", $0] } ?? [])),
  // C++ cannot import the module of a target it depends on; `Torch` brings the kernels along.
  .headerSearchPath("../CKernels/include"),
]

/// An installed worker finds LibTorch beside itself, one run from the checkout where `make` put it.
let linkLibTorch: [LinkerSetting] =
  [
    .unsafeFlags([
      "-L\(libtorch)/lib",
      "-Xlinker", "-rpath", "-Xlinker", "$ORIGIN/libtorch/lib",
      "-Xlinker", "-rpath", "-Xlinker", "\(libtorch)/lib",
    ]),
    .linkedLibrary("torch_cpu"),
    .linkedLibrary("c10"),
  ] + (cudaHeaders == nil ? [] : [.linkedLibrary("torch_cuda")])

/// With `RUNNER_CTORCH=FOLDER`, which scripts/gpu-bundle sets, `CTorch` is the library FOLDER/libctorch.so, so that the
/// programs need no LibTorch when they are built: where they run, scripts/build-ctorch makes that library for the
/// LibTorch that is there. It is then searched for in `lib` beside the program, as is all that the program needs.
let sharedCTorch = Context.environment["RUNNER_CTORCH"].flatMap { $0.isEmpty ? nil : $0 }

let ctorch: Target =
  sharedCTorch == nil
  ? .target(
    name: "CTorch", path: "Sources/Engine/CTorch", cxxSettings: cxx, linkerSettings: linkLibTorch)
  : .systemLibrary(name: "CTorch", path: "Sources/Engine/SharedCTorch")

let linkSharedCTorch: [LinkerSetting] =
  sharedCTorch.map { folder in
    [
      // What the libraries in `lib` need is in `lib`, too, which only the older kind of search path applies to.
      .unsafeFlags([
        "-L\(folder)", "-Xlinker", "-rpath", "-Xlinker", "$ORIGIN/lib", "-Xlinker",
        "--disable-new-dtags",
      ])
    ]
  } ?? []

/// With `RUNNER_STATIC=1`, which `make build` sets, the Swift runtime is linked into the programs: they start in
/// two thirds of the time and run where no Swift is installed. Tests cannot be built so, because the library of
/// Swift Testing brings the shared runtime along.
let linkRuntime: [LinkerSetting] =
  Context.environment["RUNNER_STATIC"] == "1"
  ? [
    .unsafeFlags(["-static-stdlib", "-use-ld=lld"]),
    // What the objects of a shared build do not name by themselves.
    .linkedLibrary("CoreFoundation"), .linkedLibrary("_FoundationCShims"),
    .linkedLibrary("_FoundationCollections"), .linkedLibrary("_FoundationICU"),
  ] : []

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let collections = Target.Dependency.product(
  name: "OrderedCollections", package: "swift-collections")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")

let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let nio = ["NIOCore", "NIOPosix"].map { Target.Dependency.product(name: $0, package: "swift-nio") }
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")

let tasks = ["Classification", "Detection", "MultiLabel", "Regression", "Segmentation"]

/// A folder of `Sources/Tasks`: everything that one task is.
func task(
  _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
  .target(
    name: name,
    dependencies: [
      "DataSchema", "ExperimentConfig", "Figures", "PNGImage", "Randomness", "Statistics", "Tasks",
    ] + dependencies,
    path: "Sources/Tasks/\(name)", exclude: exclude, swiftSettings: strictAndOptimised)
}

/// The code of tests is not optimised, which takes long and crashes the optimiser of Swift 6.3.1 on some of
/// them; what they test is optimised all the same.
let strictNeverOptimised: [SwiftSetting] =
  strict + [.unsafeFlags(["-Onone"], .when(configuration: .release))]

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: [.target(name: name)] + dependencies,
    swiftSettings: strictNeverOptimised)
}

let package = Package(
  name: "runner",
  products: [
    .executable(name: "runner", targets: ["runner"]),
    .executable(name: "runner-worker", targets: ["runner-worker"]),
    .executable(name: "runner-serve", targets: ["runner-serve"]),
  ],
  dependencies: [
    // The server alone, for `runner-serve`: without the traits that need the whole of Foundation.
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    // Without its Foundation trait, which would cost every start of `runner` some milliseconds.
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
  ],
  targets: [
    .systemLibrary(
      name: "CYAML", path: "Sources/Experiment/CYAML", pkgConfig: "yaml-0.1",
      providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(
      name: "CZlib", path: "Sources/Support/CZlib", pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(
      name: "CExpat", path: "Sources/Data/CExpat", pkgConfig: "expat",
      providers: [.apt(["libexpat1-dev"])]),
    .target(
      name: "CKernels", path: "Sources/Engine/CKernels", exclude: ["kernels"],
      cSettings: [.unsafeFlags(["-O2", "-Wno-psabi"]), .headerSearchPath(".")],
      linkerSettings: [.linkedLibrary("m")]),
    .target(
      name: "CPixels", path: "Sources/Data/CPixels",
      cSettings: [.unsafeFlags(["-O2", "-Wno-psabi"])]),
    ctorch,

    .target(name: "Diagnostics", path: "Sources/Support/Diagnostics", swiftSettings: strict),
    .target(
      name: "Archives", dependencies: ["CZlib", "Files"], path: "Sources/Support/Archives",
      swiftSettings: strictAndOptimised),
    .target(
      name: "SafeTensorsFormat", dependencies: ["Files"], path: "Sources/Support/SafeTensorsFormat",
      swiftSettings: strictAndOptimised),
    .target(
      name: "Files", dependencies: [crypto], path: "Sources/Support/Files", swiftSettings: strict),
    .target(
      name: "YAMLSyntax", dependencies: ["CYAML", "Diagnostics"],
      path: "Sources/Experiment/YAMLSyntax", swiftSettings: strict),
    .target(
      name: "ExperimentConfig", dependencies: ["Diagnostics", "YAMLSyntax", collections],
      path: "Sources/Experiment/ExperimentConfig",
      swiftSettings: strict),
    .target(
      name: "Models", dependencies: ["ExperimentConfig"], path: "Sources/Graph/Models",
      resources: [.embedInCode("Resources")], swiftSettings: strict),
    .target(
      name: "Randomness", dependencies: ["CKernels"], path: "Sources/Support/Randomness",
      swiftSettings: strictAndOptimised),
    .target(
      name: "Signals", dependencies: ["Diagnostics"], path: "Sources/Support/Signals",
      swiftSettings: strict),
    .target(
      name: "Graph", dependencies: ["Diagnostics", "ExperimentConfig"], path: "Sources/Graph",
      exclude: ["Models"], swiftSettings: strict),
    .target(
      name: "Downloads", dependencies: ["Files", subprocess], path: "Sources/Support/Downloads",
      swiftSettings: strict),
    .target(
      name: "Datasets",
      dependencies: [
        "Archives", "Arrays", "BoxAnnotations", "CZlib", "DataSchema", "Diagnostics", "Downloads",
        "ExperimentConfig", "Files", "ImageFormats", "InputFiles", "Randomness", "Splits", "Tables",
        crypto,
      ],
      path: "Sources/Data/Sources", swiftSettings: strictAndOptimised),
    .target(
      name: "Folds",
      dependencies: ["ExperimentConfig", "Files", "RunRecord", "Statistics", "Tasks"],
      path: "Sources/Records/Folds",
      swiftSettings: strict),
    .target(
      name: "FeatureCache", dependencies: ["Files", crypto], path: "Sources/Engine/FeatureCache",
      swiftSettings: strictAndOptimised),
    .target(name: "ImageColor", path: "Sources/Data/Images/ImageColor", swiftSettings: strict),
    .target(
      name: "CImages", path: "Sources/Data/Images/CImages",
      linkerSettings: ["png", "jpeg", "tiff", "webp"].map { .linkedLibrary($0) }),
    .target(
      name: "ImageFormats", dependencies: ["CImages", "CPixels", "CZlib", "Files", "ImageColor"],
      path: "Sources/Data/Images/ImageFormats",
      swiftSettings: strictAndOptimised),
    .target(
      name: "Figures", dependencies: ["PNGImage"], path: "Sources/Support/Figures",
      swiftSettings: strictAndOptimised),
    .target(
      name: "DataSchema", dependencies: ["Files"], path: "Sources/Data/Schema",
      swiftSettings: strictAndOptimised),
    .target(
      name: "ExampleStore", dependencies: ["CZlib", "DataSchema", "Files", "Transforms"],
      path: "Sources/Data/Store", swiftSettings: strictAndOptimised),
    .target(
      name: "InputFiles", dependencies: ["CZlib", "DataSchema"], path: "Sources/Data/InputFiles",
      swiftSettings: strictAndOptimised),
    .target(
      name: "Tables", dependencies: ["DataSchema", "Diagnostics", "Files", "InputFiles"],
      path: "Sources/Data/Tables", swiftSettings: strictAndOptimised),
    .target(
      name: "BoxAnnotations", dependencies: ["Archives", "CExpat", "DataSchema", "Files"],
      path: "Sources/Data/BoxAnnotations", swiftSettings: strictAndOptimised),
    .target(
      name: "Arrays",
      dependencies: ["Archives", "DataSchema", "Files", "SafeTensorsFormat"],
      path: "Sources/Data/Arrays", swiftSettings: strictAndOptimised),
    .target(
      name: "DataAnalysis",
      dependencies: ["DataSchema", "Diagnostics", "ExperimentConfig", "Files", "Statistics"],
      path: "Sources/Data/Analysis", swiftSettings: strictAndOptimised),
    .target(
      name: "Splits", dependencies: ["DataSchema", "Diagnostics", "Files", "Randomness"],
      path: "Sources/Data/Splits", swiftSettings: strictAndOptimised),
    .target(
      name: "Tasks",
      dependencies: [
        "DataSchema", "Diagnostics", "ExperimentConfig", "Figures", "PNGImage", "Randomness",
        "Statistics",
      ],
      path: "Sources/Tasks", exclude: tasks + ["Registry"],
      swiftSettings: strictAndOptimised),
    .target(
      name: "DetectionScores",
      dependencies: ["BoxAnnotations", "Statistics", "Tasks"],
      path: "Sources/Tasks/Detection/Scores", swiftSettings: strictAndOptimised),
    .target(
      name: "TaskRegistry",
      dependencies: [
        "Classification", "DataSchema", "Detection", "Diagnostics", "ExperimentConfig",
        "MultiLabel", "Regression", "Segmentation", "Tasks",
      ],
      path: "Sources/Tasks/Registry", swiftSettings: strict),
    .target(
      name: "Transforms",
      dependencies: ["CPixels", "DataSchema", "ExperimentConfig", "Randomness"],
      path: "Sources/Data/Transforms",
      swiftSettings: strictAndOptimised),
    .target(
      name: "Schedules", dependencies: ["Diagnostics", "ExperimentConfig", "Tasks"],
      path: "Sources/Engine/Schedules",
      swiftSettings: strict),
    .target(
      name: "Weights", dependencies: ["Archives", "Files", "SafeTensorsFormat"],
      path: "Sources/Engine/Weights",
      swiftSettings: strictAndOptimised),
    .target(
      name: "Statistics", dependencies: ["Randomness"], path: "Sources/Support/Statistics",
      swiftSettings: strictAndOptimised),
    .target(
      name: "Embedding", dependencies: ["Randomness"], path: "Sources/Support/Embedding",
      swiftSettings: strictAndOptimised),
    .target(
      name: "Pretrained", dependencies: ["Downloads", "Files"], path: "Sources/Engine/Pretrained",
      swiftSettings: strict),
    .target(
      name: "RunRecord",
      dependencies: [
        "DataSchema", "Diagnostics", "ExperimentConfig", "Files", "Statistics",
        "TaskRegistry", "Tasks", "Weights", logging,
      ],
      path: "Sources/Records/RunRecord", swiftSettings: strict),
    .target(
      name: "WorkerProtocol",
      dependencies: [
        "DataSchema", "Diagnostics", "Files", "Graph", "ImageColor", "RunRecord", "TableEffects",
        "Tasks", "Transforms",
      ],
      path: "Sources/Records/WorkerProtocol", swiftSettings: strict),
    .target(
      name: "TableEffects",
      dependencies: [
        "DataSchema", "Diagnostics", "ExperimentConfig", "Randomness", "Statistics", "Tables",
        "Tasks",
      ],
      path: "Sources/Engine/TableEffects", swiftSettings: strictAndOptimised),
    .target(
      name: "Planning",
      dependencies: [
        "Archives", "DataSchema", "Datasets", "Diagnostics", "ExperimentConfig", "Files", "Graph",
        "Models", "RunRecord", "Schedules", "Splits", "TaskRegistry", "Tasks", "Transforms",
        "Weights", "WorkerProtocol", collections,
      ],
      swiftSettings: strict),
    .target(
      name: "Prediction",
      dependencies: [
        "DataSchema", "Datasets", "ExperimentConfig", "Files", "ImageColor", "ImageFormats",
        "InputFiles", "RunRecord",
      ], path: "Sources/Data/Images/Prediction",
      swiftSettings: strictAndOptimised),
    .target(
      name: "Torch", dependencies: ["CKernels", "CTorch"], path: "Sources/Engine/Torch",
      swiftSettings: strict, linkerSettings: linkSharedCTorch),
    .target(
      name: "Execution",
      dependencies: [
        "Diagnostics", "Files", "Graph", "Randomness", "Statistics", "Torch", "Weights",
      ],
      path: "Sources/Engine/Execution",
      swiftSettings: strict),
    .target(
      name: "Attribution", dependencies: ["Diagnostics", "Execution", "Graph", "Torch", "Weights"],
      path: "Sources/Engine/Attribution", swiftSettings: strict),
    .target(
      name: "Training",
      dependencies: [
        "CKernels", "DataSchema", "Datasets", "Diagnostics", "ExampleStore", "Execution",
        "ExperimentConfig", "FeatureCache", "Files", "Graph", "Planning", "Randomness", "RunRecord",
        "Schedules",
        "Splits", "Tasks", "Torch", "Transforms", "Weights", "WorkerProtocol",
      ], path: "Sources/Engine/Training",
      swiftSettings: strict),
    .target(
      name: "Reporting",
      dependencies: [
        "Datasets", "Diagnostics", "ExperimentConfig", "FeatureCache", "Files", "Graph", "Planning",
        "Pretrained", "Report", "RunListing", "RunRecord", "Statistics", "Sweeping", "TaskRegistry",
        "Tasks", "Weights", "WorkerProtocol",
      ], path: "Sources/Reports/Terminal",
      swiftSettings: strict),
    .target(
      name: "PNGImage", dependencies: ["CImages"], path: "Sources/Data/Images/PNGImage",
      swiftSettings: strictAndOptimised),
    .target(
      name: "Plots",
      dependencies: [
        "Figures", "Files", "PNGImage", "RunRecord", "TaskRegistry", "Tasks", "Weights",
        subprocess, system,
      ], path: "Sources/Reports/Plots",
      swiftSettings: strictAndOptimised),
    .target(
      name: "TensorBoard", dependencies: ["Files", "PNGImage", "RunRecord", protobuf],
      path: "Sources/Reports/TensorBoard",
      exclude: ["Messages/event.proto"], swiftSettings: strict),
    .target(
      name: "Export",
      dependencies: [
        "DataSchema", "Diagnostics", "Files", "Graph", "Tables", "Tasks", "Transforms", "Weights",
        protobuf,
      ], path: "Sources/Reports/Export", exclude: ["Messages/onnx.proto"],
      swiftSettings: strictAndOptimised),
    .target(
      name: "PyTorchExport",
      dependencies: [
        "DataSchema", "Diagnostics", "ExperimentConfig", "Graph", "Tables", "Tasks", "Transforms",
      ], path: "Sources/Reports/PyTorchExport", swiftSettings: strict),
    .target(
      name: "RunListing",
      dependencies: [
        "Diagnostics", "ExperimentConfig", "Files", "Report", "RunRecord", "TaskRegistry", "Tasks",
        "YAMLSyntax",
      ], path: "Sources/Reports/Listing", swiftSettings: strict),
    .target(
      name: "Report",
      dependencies: [
        "Diagnostics", "ExampleMaps", "ExperimentConfig", "Files", "Graph", "HeatMaps", "Planning",
        "RunRecord", "SafeTensorsFormat", "Statistics", "TaskRegistry", "Tasks", "Weights",
        "WorkerProtocol", mustache,
      ], path: "Sources/Reports/Page",
      swiftSettings: strict),
    .target(
      name: "ExampleMaps",
      dependencies: [
        "DataSchema", "Diagnostics", "Embedding", "ExperimentConfig", "PNGImage", "RunRecord",
        "Tasks", "WorkerProtocol",
      ], path: "Sources/Reports/ExampleMaps", swiftSettings: strictAndOptimised),
    .target(
      name: "Cards",
      dependencies: [
        "DataSchema", "Diagnostics", "ExperimentConfig", "Files", "Report", "RunRecord",
        "Statistics", "TaskRegistry", "Tasks",
      ], path: "Sources/Reports/Card",
      swiftSettings: strict),
    .target(
      name: "DataPage",
      dependencies: [
        "DataAnalysis", "DataSchema", "Diagnostics", "ExperimentConfig", "Files", "PNGImage",
        "Report", "Transforms", mustache,
      ], path: "Sources/Reports/DataPage",
      swiftSettings: strictAndOptimised),
    .target(
      name: "DataExplanationViews",
      dependencies: [
        "Diagnostics", "ExampleMaps", "ExperimentConfig", "Files", "PNGImage", "Report",
        "Reporting", "RunRecord", "TableEffects", "Tasks", mustache,
      ], path: "Sources/Reports/DataExplanationViews", swiftSettings: strictAndOptimised),
    .target(
      name: "HeatMaps", dependencies: ["Diagnostics", "PNGImage", "WorkerProtocol"],
      path: "Sources/Reports/HeatMaps", swiftSettings: strictAndOptimised),
    .target(
      name: "ExplainPage",
      dependencies: ["Diagnostics", "HeatMaps", "PNGImage", "Report", "WorkerProtocol", mustache],
      path: "Sources/Reports/ExplainPage", swiftSettings: strictAndOptimised),
    .target(
      name: "Sweeping",
      dependencies: [
        "DataSchema", "Datasets", "Diagnostics", "ExperimentConfig", "Files", "Graph", "Planning",
        "Randomness", "RunRecord", "Signals", "Tasks", "WorkerProtocol", "YAMLSyntax", subprocess,
        system,
      ],
      swiftSettings: strict),
    .target(
      name: "Comparison",
      dependencies: [
        "Datasets", "Diagnostics", "ExperimentConfig", "Figures", "Files", "Planning", "Report",
        "RunRecord", "SafeTensorsFormat", "Statistics", "TaskRegistry", "Tasks", "Weights",
        "YAMLSyntax",
      ], path: "Sources/Reports/Comparison",
      swiftSettings: strictAndOptimised),
    .target(
      name: "ComparisonViews",
      dependencies: [
        "Comparison", "DataSchema", "Diagnostics", "ExperimentConfig", "Planning", "Plots",
        "PNGImage", "Report", "Reporting", "RunRecord", "Statistics", "TaskRegistry", "Tasks",
        mustache,
      ], path: "Sources/Reports/ComparisonViews",
      swiftSettings: strict),
    .target(
      name: "DetectionViews",
      dependencies: [
        "BoxAnnotations", "Comparison", "DetectionScores", "Diagnostics", "ExperimentConfig",
        "Reporting", "RunRecord", "Statistics", "Tasks",
      ], path: "Sources/Reports/DetectionViews", swiftSettings: strict),
    .target(
      name: "Orchestration",
      dependencies: [
        "Cards", "DataAnalysis", "DataExplanationViews", "DataPage", "DataSchema", "Datasets",
        "Diagnostics", "Downloads", "ExampleMaps", "ExampleStore", "ExplainPage", "Export",
        "ExperimentConfig", "FeatureCache", "Files", "Folds", "Graph", "HeatMaps", "ImageColor",
        "ImageFormats",
        "PNGImage", "Planning", "Plots", "Pretrained", "PyTorchExport", "Report", "Reporting",
        "RunRecord",
        "Signals", "Statistics",
        "Sweeping", "TableEffects", "Tables", "TaskRegistry", "Tasks", "Transforms", "Weights",
        "WorkerProtocol", "YAMLSyntax",
        subprocess,
        system,
      ],
      swiftSettings: strict),
    .target(
      name: "Serving",
      dependencies: [
        "DataSchema", "Diagnostics", "ExperimentConfig", "Orchestration", "Report", "Reporting",
        "RunRecord", "Signals", "Tables", "WorkerProtocol", deque, httpTypes, hummingbird, logging,
        nioHTTPTypes,
      ] + nio,
      resources: [.embedInCode("Page/Resources")], swiftSettings: strictAndOptimised),
    .executableTarget(
      name: "runner-serve",
      dependencies: ["Diagnostics", "ExperimentConfig", "Orchestration", "Reporting", "Serving"],
      swiftSettings: strict, linkerSettings: linkRuntime),
    .executableTarget(
      name: "runner",
      dependencies: [
        "BoxAnnotations", "Comparison", "ComparisonViews", "DataAnalysis", "DataPage",
        "DetectionScores", "DetectionViews", "Diagnostics", "ExperimentConfig", "FeatureCache",
        "Files",
        "ImageColor", "Orchestration", "Planning", "Plots", "Report", "Reporting", "RunListing",
        "RunRecord",
        "Sweeping", "Tasks", "Transforms", "WorkerProtocol", argumentParser,
      ],
      swiftSettings: strict, linkerSettings: linkRuntime),
    .executableTarget(
      name: "runner-worker",
      dependencies: [
        "Attribution", "DataSchema", "Datasets", "Diagnostics", "Embedding", "ExampleMaps",
        "ExampleStore", "Execution", "ExperimentConfig",
        "FeatureCache", "Files", "Graph", "HeatMaps", "ImageColor", "PNGImage", "Planning",
        "Prediction", "RunRecord", "ImageFormats", "Randomness", "Splits", "Statistics",
        "TableEffects", "Tables", "Tasks",
        "TensorBoard", "Torch", "Training", "Transforms", "Weights", "WorkerProtocol", logging,
      ],
      swiftSettings: strict, linkerSettings: linkRuntime),

    .target(
      name: "DeviceChecks",
      dependencies: [
        "DataSchema", "Datasets", "Diagnostics", "Execution", "ExperimentConfig", "Graph",
        "Planning", "Randomness", "RunRecord", "TaskRegistry", "Tasks", "Torch", "Training",
        "Weights", "WorkerProtocol",
      ], path: "Sources/Engine/DeviceChecks", swiftSettings: strict),
    // Started by scripts/gpu-check; nothing installs it.
    .executableTarget(
      name: "device-check", dependencies: ["DeviceChecks", "Torch"],
      path: "Benchmarks/device", swiftSettings: strict, linkerSettings: linkRuntime),

    // Started by Benchmarks/prefix/peer.py; nothing installs it.
    .executableTarget(
      name: "prefix-benchmark",
      dependencies: [
        "DataSchema", "Datasets", "Diagnostics", "Execution", "ExperimentConfig", "Graph",
        "Planning", "Torch", "Training", "Weights", "WorkerProtocol",
      ], path: "Benchmarks/prefix", exclude: ["peer.py"], swiftSettings: strict),

    // Started by Benchmarks/embedding/peer.py; nothing installs it.
    .executableTarget(
      name: "embedding-benchmark", dependencies: ["Embedding"], path: "Benchmarks/embedding",
      exclude: ["peer.py"], swiftSettings: strict),

    .target(
      name: "TestSupport",
      dependencies: [
        "Classification", "CZlib", "DataSchema", "Diagnostics", "ExperimentConfig", "Files",
        "RunRecord",
        "Statistics", "Tasks", "YAMLSyntax",
      ],
      path: "Tests/TestSupport", swiftSettings: strictAndOptimised),
    // What has to hold of every reader, whatever file it is given.
    .target(
      name: "ReaderFuzzing",
      dependencies: [
        "Archives", "Arrays", "BoxAnnotations", "CZlib", "DataSchema", "Datasets", "Diagnostics",
        "Files", "ImageFormats", "Tables", "TestSupport", "Weights", "YAMLSyntax",
      ],
      path: "Tests/ReaderFuzzing", swiftSettings: strictAndOptimised),
    .testTarget(
      name: "FuzzTests", dependencies: ["Files", "ReaderFuzzing", "TestSupport"],
      swiftSettings: strictNeverOptimised),
    // Directories of runs that never were, for the tests of comparisons.
    .target(
      name: "ComparisonFixtures",
      dependencies: [
        "Classification", "DataSchema", "ExperimentConfig", "Files", "Randomness", "RunRecord",
        "Tasks", "TestSupport", "Weights",
      ],
      path: "Tests/Fixtures/comparison", swiftSettings: strictAndOptimised),
    tests("Randomness"),
    tests("CKernels", ["Randomness"]),
    tests("Arrays", ["DataSchema", "Files", "TestSupport"]),
    tests("Archives", ["CZlib", "Files", "TestSupport"]),
    tests("BoxAnnotations", ["DataSchema", "Files", "TestSupport"]),
    tests(
      "DetectionScores",
      ["BoxAnnotations", "DataSchema", "Files", "Randomness", "Statistics", "Tasks", "TestSupport"]),
    tests("Files", ["TestSupport"]),
    tests("Weights", ["CZlib", "Files", "SafeTensorsFormat", "TestSupport"]),
    // What the tests start as another process, and kill.
    .executableTarget(
      name: "FeatureCacheProbe", dependencies: ["FeatureCache", "Files"],
      path: "Tests/FeatureCacheProbe",
      swiftSettings: strict),
    tests("FeatureCache", ["FeatureCacheProbe", "Files", "TestSupport"]),
    tests("ImageFormats", ["Files", "ImageColor", "TestSupport"]),
    tests(
      "Tasks",
      [
        "BoxAnnotations", "Classification", "DataSchema", "Detection", "DetectionScores",
        "Diagnostics", "ExperimentConfig", "MultiLabel", "PNGImage", "Randomness",
        "Regression", "Segmentation", "Statistics", "TaskRegistry", "TestSupport", collections,
      ]),
    tests(
      "Schedules",
      ["Classification", "Diagnostics", "ExperimentConfig", "TaskRegistry", "Tasks"]),
    tests("Statistics", ["Randomness"]),
    tests("Embedding", ["Randomness"]),
    tests(
      "DataExplanationViews",
      [
        "ExampleMaps", "ExperimentConfig", "PNGImage", "Report", "RunRecord", "TableEffects",
        "WorkerProtocol",
      ]),
    tests(
      "ExampleMaps",
      [
        "DataSchema", "Diagnostics", "ExperimentConfig", "MultiLabel", "RunRecord", "Tasks",
        "WorkerProtocol",
      ]),
    tests(
      "TableEffects",
      [
        "Classification", "DataSchema", "Randomness", "Regression", "Statistics", "Tables", "Tasks",
      ]),
    tests(
      "Plots",
      [
        "Classification", "DataSchema", "Figures", "Files", "RunRecord", "Tasks", "TestSupport",
        "Weights",
      ]),
    tests(
      "TensorBoard",
      [
        "Classification", "Files", "ImageFormats", "PNGImage", "RunRecord", "Tasks", "TestSupport",
      ]),
    tests(
      "Comparison",
      [
        "Classification", "ComparisonFixtures", "DataSchema", "Diagnostics", "ExperimentConfig",
        "Figures", "Files", "MultiLabel", "Randomness", "Regression", "Report", "RunRecord",
        "Statistics", "Tasks", "TestSupport",
      ]),
    tests(
      "ComparisonViews",
      [
        "Comparison", "ComparisonFixtures", "DataSchema", "Detection", "Diagnostics",
        "ExperimentConfig",
        "MultiLabel", "Regression", "Report", "Reporting", "RunRecord", "Tasks", "TestSupport",
      ]),
    tests(
      "Cards",
      [
        "Classification", "ComparisonFixtures", "DataSchema", "Detection", "Diagnostics",
        "ExperimentConfig", "Files", "MultiLabel", "Regression", "RunRecord", "Segmentation",
        "Statistics", "Tasks", "TestSupport",
      ]),
    tests(
      "Report",
      [
        "Classification", "DataSchema", "Diagnostics", "ExperimentConfig", "MultiLabel",
        "Regression", "RunRecord", "Statistics", "Tasks", "TestSupport",
      ]),
    tests(
      "RunListing",
      ["Diagnostics", "ExperimentConfig", "Files", "RunRecord", "Tasks", "TestSupport"]),
    tests(
      "RunRecord",
      [
        "Classification", "DataSchema", "Diagnostics", "ExperimentConfig", "Files", "Tasks",
        "TestSupport", logging,
      ]),
    tests(
      "WorkerProtocol",
      [
        "Classification", "ExperimentConfig", "Files", "ImageColor", "RunRecord", "Tasks",
        "TestSupport",
      ]),
    tests(
      "Export",
      [
        "DataSchema", "Diagnostics", "ExperimentConfig", "Graph", "MadeWeights", "Models", "Tables",
        "Tasks", "Transforms", "Weights", protobuf,
      ]),
    tests(
      "PyTorchExport",
      [
        "DataSchema", "Diagnostics", "Execution", "ExperimentConfig", "Graph", "MadeWeights",
        "Models", "Tasks", "Torch", "Transforms", "Weights",
      ]),
    tests(
      "Reporting",
      [
        "Classification", "ExperimentConfig", "RunRecord", "Statistics", "WorkerProtocol",
      ]),
    tests(
      "Sweeping",
      [
        "Diagnostics", "ExperimentConfig", "Files", "Planning", "Randomness", "RunRecord",
        "Signals", "TestSupport", "WorkerProtocol",
      ]),
    tests(
      "Orchestration",
      [
        "ComparisonFixtures", "Datasets", "Diagnostics", "ExperimentConfig", "FeatureCache",
        "Files", "Graph", "Planning", "PNGImage", "Reporting", "RunRecord", "Signals", "Tasks",
        "TestSupport", "WorkerProtocol",
      ]),
    tests("Diagnostics"),
    tests("YAMLSyntax", ["Diagnostics"]),
    tests("Torch"),
    tests(
      "Execution",
      [
        "DeviceChecks", "Diagnostics", "ExperimentConfig", "Graph", "MadeWeights", "Planning",
        "Torch",
        "Weights",
      ]),
    tests("DeviceChecks", ["Torch"]),
    tests(
      "Attribution",
      [
        "Diagnostics", "Execution", "ExperimentConfig", "Graph", "MadeWeights", "Models",
        "Planning", "Torch",
      ]),
    // Weights that are functions of their names, in place of large files.
    .target(
      name: "MadeWeights", path: "Tests/MadeWeights", swiftSettings: strictAndOptimised),
    tests(
      "Models",
      [
        "DataSchema", "Diagnostics", "Execution", "ExperimentConfig", "Graph", "MadeWeights",
        "Tasks",
        "Torch", "Training",
      ]),
    tests(
      "Training",
      [
        "CKernels", "DataSchema", "Datasets", "DeviceChecks", "Diagnostics", "Execution",
        "ExperimentConfig", "ExampleStore", "FeatureCache", "Files", "Graph", "Planning",
        "RunRecord",
        "Schedules", "Splits", "TaskRegistry", "Tasks", "TestSupport", "Torch", "Transforms",
        "Weights",
        "WorkerProtocol", collections,
      ]),
    tests("Transforms", ["DataSchema", "Diagnostics", "ExperimentConfig", "Tasks"]),
    tests(
      "Prediction",
      [
        "DataSchema", "Datasets", "Diagnostics", "Files", "Planning", "Randomness", "TestSupport",
        "Transforms",
      ]),
    tests("ExplainPage", ["HeatMaps", "PNGImage", "WorkerProtocol"]),
    tests("Pretrained", ["Downloads", "Files", "TestSupport"]),
    tests("DataAnalysis", ["DataSchema"]),
    tests("DataPage", ["DataAnalysis", "DataSchema", "PNGImage", "Transforms"]),
    tests("Splits", ["DataSchema", "Randomness"]),
    tests(
      "Datasets",
      [
        "CZlib", "DataSchema", "Diagnostics", "Downloads", "ExperimentConfig", "Files",
        "InputFiles", "PNGImage", "Splits", "Tables", "TestSupport", crypto,
      ]),
    tests(
      "ExampleStore",
      ["DataSchema", "ExperimentConfig", "Files", "TestSupport", "Transforms", collections]),
    tests("Tables", ["CZlib", "DataSchema", "TestSupport"]),
    tests(
      "ExperimentConfig",
      ["Diagnostics", "Files", "Graph", "Planning", "TestSupport", "YAMLSyntax"]),
    tests("Graph", ["Diagnostics", "ExperimentConfig", "Planning"]),
    tests("Serving", ["Diagnostics", "Orchestration", "WorkerProtocol"]),
    // Kills, breaks and disturbs the two programs, which therefore have to be built before it.
    .testTarget(
      name: "CrashTests",
      dependencies: ["Datasets", "Files", "runner", "runner-worker", "RunRecord", "TestSupport"],
      exclude: ["Support/faults.c"], swiftSettings: strictNeverOptimised),
    // Runs the programs, which therefore have to be built before it.
    .testTarget(
      name: "CommandLineTests",
      dependencies: [
        "Classification", "DataSchema", "Datasets", "ExampleMaps", "ExperimentConfig", "Export",
        "FeatureCache",
        "Files", "ImageFormats",
        "PNGImage", "runner", "runner-serve", "runner-worker", "RunRecord", "SafeTensorsFormat",
        "Tasks", "TestSupport", "Weights", subprocess, system,
      ],
      swiftSettings: strictNeverOptimised),
  ] + tasks.filter { $0 != "Detection" }.map { task($0) }
    + [task("Detection", ["BoxAnnotations", "DetectionScores"], exclude: ["Scores"])],
  cxxLanguageStandard: .cxx20
)
