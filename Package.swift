// swift-tools-version: 6.2
import PackageDescription

/// Language settings every target of ours is built with.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

/// Modules that others may embed, the lowest first; docs/guides/embedding.md.
let libraries = [
    "ModmetaSystem", "ModmetaFormats", "ModmetaDelta", "ModmetaStore", "ModmetaNetwork", "ModmetaTransfer",
    "ModmetaSnapshots", "ModmetaGit", "ModmetaRepository",
]

let package = Package(
    name: "modmeta",
    products: libraries.map { .library(name: $0, targets: [$0]) } + [
        .executable(name: "modmeta", targets: ["modmeta"]),
        .executable(name: "git-remote-modmeta", targets: ["git-remote-modmeta"]),
    ],
    traits: [
        .trait(
            name: "FaultInjection",
            description: "Lets the simulator leave out a precaution, to prove that it is missed; never in a release.")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0", traits: []),
    ],
    targets: [
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CDivsufsort", pkgConfig: "libdivsufsort", providers: [.apt(["libdivsufsort-dev"])]),
        .systemLibrary(name: "CBzip2", providers: [.apt(["libbz2-dev"])]),
        .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CMalloc"),

        .target(name: "ModmetaSystem", dependencies: ["CLinux"], swiftSettings: settings),
        .target(name: "ModmetaFormats", dependencies: ["ModmetaSystem", "CCrypto"], swiftSettings: settings),
        .target(name: "ModmetaLFS", dependencies: ["ModmetaFormats"], swiftSettings: settings),
        .target(
            name: "ModmetaDelta",
            dependencies: ["ModmetaSystem", "ModmetaFormats", "CZstd", "CDivsufsort", "CBzip2"],
            swiftSettings: settings),
        .target(name: "ModmetaStore", dependencies: ["ModmetaSystem", "ModmetaFormats"], swiftSettings: settings),
        .target(
            name: "ModmetaNetwork",
            dependencies: ["ModmetaSystem", "ModmetaFormats", "ModmetaLFS", "ModmetaStore", "CCurl", "CLinux"],
            swiftSettings: settings),
        .target(
            name: "ModmetaTransfer",
            dependencies: [
                "ModmetaSystem", "ModmetaFormats", "ModmetaDelta", "ModmetaStore", "CMalloc", "CSQLite",
            ],
            swiftSettings: settings),
        .target(
            name: "ModmetaSnapshots",
            dependencies: ["ModmetaSystem", "ModmetaFormats", "ModmetaStore", "ModmetaTransfer", "CYAML"],
            resources: [
                .embedInCode("Schema/default_schema.yaml"), .embedInCode("Schema/snapshot.schema.json"),
            ],
            swiftSettings: settings),
        .target(
            name: "ModmetaGit",
            dependencies: [
                "ModmetaSystem", "ModmetaFormats", "ModmetaLFS", "ModmetaStore", "ModmetaNetwork", "ModmetaTransfer",
                subprocess, system,
            ],
            swiftSettings: settings),
        .target(
            name: "ModmetaRepository",
            dependencies: [
                "ModmetaSystem", "ModmetaFormats", "ModmetaStore", "ModmetaNetwork", "ModmetaTransfer",
                "ModmetaSnapshots", "ModmetaGit", subprocess,
            ],
            swiftSettings: settings),
        .target(
            name: "ModmetaCommands",
            dependencies: [
                "ModmetaSystem", "ModmetaFormats", "ModmetaDelta", "ModmetaStore", "ModmetaNetwork",
                "ModmetaTransfer", "ModmetaSnapshots", "ModmetaGit", "ModmetaRepository", argumentParser, subprocess,
                system,
            ],
            swiftSettings: settings),
        .executableTarget(name: "modmeta", dependencies: ["ModmetaCommands"], swiftSettings: settings),
        .executableTarget(
            name: "git-remote-modmeta", dependencies: ["ModmetaGit"], swiftSettings: settings),

        .target(
            name: "ModmetaTesting",
            dependencies: [
                "ModmetaSystem", "ModmetaFormats", "ModmetaStore", "ModmetaNetwork", "ModmetaTransfer", subprocess,
                system,
            ],
            swiftSettings: settings),
        .executableTarget(name: "simulate", dependencies: ["ModmetaTesting"], swiftSettings: settings),
        .testTarget(
            name: "ModmetaSystemTests", dependencies: ["ModmetaSystem", "ModmetaTesting"], swiftSettings: settings),
        .testTarget(
            name: "ModmetaFormatsTests", dependencies: ["ModmetaFormats", "ModmetaTesting"],
            resources: [.copy("Fixtures")], swiftSettings: settings),
        .testTarget(
            name: "ModmetaDeltaTests", dependencies: ["ModmetaDelta", "ModmetaTesting", "ModmetaFormats"],
            resources: [.copy("Fixtures")], swiftSettings: settings),
        .testTarget(
            name: "ModmetaStoreTests",
            dependencies: ["ModmetaSystem", "ModmetaStore", "ModmetaTesting", "ModmetaFormats"],
            swiftSettings: settings),
        .testTarget(
            name: "ModmetaLFSTests", dependencies: ["ModmetaLFS", "ModmetaFormats", "ModmetaTesting"],
            resources: [.copy("Fixtures")], swiftSettings: settings),
        .testTarget(
            name: "ModmetaNetworkTests",
            dependencies: ["ModmetaNetwork", "ModmetaLFS", "ModmetaStore", "ModmetaTesting", "ModmetaFormats"],
            swiftSettings: settings),
        .testTarget(
            name: "ModmetaTransferTests",
            dependencies: ["ModmetaTransfer", "ModmetaDelta", "ModmetaStore", "ModmetaFormats", "ModmetaTesting"],
            swiftSettings: settings),
        .testTarget(
            name: "ModmetaSnapshotsTests", dependencies: ["ModmetaSnapshots", "ModmetaFormats", "ModmetaTesting"],
            swiftSettings: settings),
        .testTarget(
            name: "ModmetaGitTests",
            dependencies: [
                "ModmetaSystem", "ModmetaGit", "ModmetaTransfer", "ModmetaNetwork", "ModmetaLFS", "ModmetaStore",
                "ModmetaFormats",
                "ModmetaTesting",
            ],
            resources: [.copy("Transcripts")], swiftSettings: settings),
        .testTarget(
            name: "ModmetaRepositoryTests",
            dependencies: [
                "ModmetaSystem", "ModmetaRepository", "ModmetaFormats", "ModmetaGit", "ModmetaSnapshots",
                "ModmetaStore", "ModmetaNetwork", "ModmetaTesting",
            ],
            swiftSettings: settings),
        // Sees what a stranger's package sees.
        .testTarget(
            name: "EmbeddingTests",
            dependencies: ["ModmetaSystem", "ModmetaRepository", "ModmetaSnapshots", "ModmetaGit", "ModmetaTesting"],
            packageAccess: false, swiftSettings: settings),
        .testTarget(
            name: "ModmetaCommandsTests",
            dependencies: [
                "ModmetaSystem", "ModmetaFormats", "ModmetaDelta", "ModmetaStore", "ModmetaTransfer",
                "ModmetaSnapshots", "ModmetaCommands", "ModmetaRepository", "ModmetaGit", "ModmetaNetwork",
                "ModmetaTesting", argumentParser,
            ],
            swiftSettings: settings),
    ]
)
