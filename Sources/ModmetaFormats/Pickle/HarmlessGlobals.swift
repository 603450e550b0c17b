/// Names that checkpoints use to describe data and that only build it.
enum HarmlessGlobals {
    /// Whether a name is on the list.
    static func contains(_ global: PickleGlobal) -> Bool {
        switch ByteString(global.module) {
        case "torch": isTorch(global.name)
        case "torch._utils":
            global.name.hasBytePrefix("_rebuild_") && !global.name.hasBytes(of: "device_tensor_from_numpy")
        case "torch.storage": global.name.hasByteSuffix("Storage")
        default: names[ByteString(global.module)]?.contains(ByteString(global.name)) ?? false
        }
    }

    /// Whether a name is a member of an enumeration on the list.
    static func isMember(_ global: PickleGlobal) -> Bool {
        members[ByteString(global.module)]?.contains(ByteString(global.name)) ?? false
    }

    private static let members: [ByteString: Set<ByteString>] = [
        "torch.distributed.checkpoint.metadata": memoryFormats,
        "torch.distributed._shard.checkpoint.metadata": memoryFormats,
        "torch.distributed._shard.sharded_tensor.metadata": memoryFormats,
    ]

    private static let memoryFormats = Set(
        ["MEM_FORMAT_ENCODING", "_MEM_FORMAT_ENCODING"].flatMap { name in
            ["CONTIGUOUS_FORMAT", "CHANNELS_LAST", "PRESERVE_FORMAT"].map { ByteString("\(name).TORCH_\($0)") }
        })

    private static func isTorch(_ name: String) -> Bool {
        name.hasByteSuffix("Storage") || PyTorchElementType(torchName: name) != nil
            || [
                "Size", "Tensor", "device", "qint8", "quint8", "qint32", "per_tensor_affine", "per_channel_affine",
                "strided", "sparse_coo", "sparse_csr", "contiguous_format", "Generator",
            ].hasText(name)
    }

    private static let names: [ByteString: Set<ByteString>] = [
        "collections": ["OrderedDict", "defaultdict", "Counter", "deque"],
        "builtins": builtins, "__builtin__": builtins,
        "_codecs": ["encode"], "copyreg": ["_reconstructor"], "copy_reg": ["_reconstructor"],
        "datetime": ["date", "datetime", "time", "timedelta", "timezone"], "decimal": ["Decimal"],
        "fractions": ["Fraction"],
        "torch.nn.parameter": ["Parameter", "Buffer"], "torch._tensor": ["_rebuild_from_type_v2", "Tensor"],
        "torch.serialization": ["_get_layout"],
        "torch.distributed.checkpoint.metadata": distributed,
        "torch.distributed._shard.checkpoint.metadata": distributed,
        "torch.distributed.checkpoint.filesystem": ["_StorageInfo"],
        "torch.distributed._shard.checkpoint.filesystem": ["_StorageInfo"],
        "torch.distributed._shard.sharded_tensor.metadata": ["TensorProperties", "MEM_FORMAT_ENCODING"],
        "torch.torch_version": ["TorchVersion"],
        "pathlib": paths, "pathlib._local": paths,
        "numpy": ["dtype", "ndarray", "float32", "float64", "int64", "int32", "bool_"],
        "numpy.core.multiarray": ["_reconstruct", "scalar"], "numpy._core.multiarray": ["_reconstruct", "scalar"],
        "numpy.core.numeric": ["_frombuffer"], "numpy._core.numeric": ["_frombuffer"],
        "numpy.dtypes": ["Float32DType", "Float64DType", "Int64DType", "UInt32DType", "BoolDType"],
    ]

    /// The records of a distributed checkpoint's `.metadata`.
    private static let distributed: Set<ByteString> = [
        "Metadata", "MetadataIndex", "StorageMeta", "TensorStorageMetadata", "BytesStorageMetadata",
        "ChunkStorageMetadata", "TensorProperties", "_MEM_FORMAT_ENCODING",
    ]

    /// Paths as values: creating one touches no file.
    private static let paths: Set<ByteString> = [
        "Path", "PosixPath", "WindowsPath", "PurePath", "PurePosixPath", "PureWindowsPath",
    ]

    private static let builtins: Set<ByteString> = [
        "set", "frozenset", "list", "tuple", "dict", "int", "float", "complex", "bool", "str", "bytes", "bytearray",
        "unicode", "long", "slice", "range", "xrange", "object",
    ]
}
