package import ModmetaFormats
package import ModmetaStore

extension StoreAudit {
    /// Prepares to look through a store, with the manifests of this program.
    package init(auditing store: any ObjectStore) {
        self.init(store: store, parseManifest: StoreAudit.manifestParser)
    }

    /// Parses and validates a manifest.
    package static let manifestParser: ManifestParser = { bytes in
        let manifest = try Manifest(parsing: bytes)
        try manifest.validate()
        return manifest
    }
}

extension Collector {
    /// Prepares a collection, with the manifests of this program.
    package init(collecting store: any ObjectStore, live: any LiveObjects, grace: Int64, lost: Set<ObjectID>) {
        self.init(store: store, live: live, grace: grace, lost: lost, parseManifest: StoreAudit.manifestParser)
    }
}
