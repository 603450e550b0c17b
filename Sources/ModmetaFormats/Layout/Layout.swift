/// The structure of a checkpoint file: its tensors and their byte ranges.
public struct Layout: Hashable, Sendable {
    /// The file format that the layout was read from.
    public enum Format: UInt8, Hashable, Sendable {
        /// Bytes without known structure.
        case opaque = 0
        /// safetensors.
        case safetensors = 1
        /// A PyTorch zip archive.
        case pytorch = 2
        /// GGUF.
        case gguf = 3
        /// One NumPy array.
        case npy = 4
        /// A zip archive of NumPy arrays.
        case npz = 5
        /// Concatenated PyTorch zip archives, from torch.distributed.checkpoint.
        case distcp = 6
    }

    /// One named tensor of a file.
    public struct Tensor: Hashable, Sendable {
        /// The tensor's name, unique in its file.
        public var name: String
        /// The element type as the format spells it, for example `BF16`.
        public var dtype: String
        /// How the bytes divide into numbers.
        public var element: ElementKind
        /// The dimensions, outermost first; empty for a scalar.
        public var shape: [UInt64]
        /// The byte range in the file.
        public var range: Range<UInt64>

        /// Creates a description of a tensor.
        public init(name: String, dtype: String, element: ElementKind, shape: [UInt64], range: Range<UInt64>) {
            self.name = name
            self.dtype = dtype
            self.element = element
            self.shape = shape
            self.range = range
        }

        /// Whether two tensors are equal; names are compared by their bytes.
        public static func == (left: Tensor, right: Tensor) -> Bool {
            left.range == right.range && left.element == right.element && left.shape == right.shape
                && left.dtype.hasSameBytes(as: right.dtype) && left.name.hasSameBytes(as: right.name)
        }

        /// Hashes the properties that `==` compares.
        public func hash(into hasher: inout Hasher) {
            hasher.combine(ByteString(name))
            hasher.combine(ByteString(dtype))
            hasher.combine(element)
            hasher.combine(shape)
            hasher.combine(range)
        }
    }

    /// The file format.
    public var format: Format
    /// The size of the file in bytes.
    public var size: UInt64
    /// The tensors in the order of their bytes, without overlap; empty for an opaque file.
    ///
    /// Bytes outside all tensors, such as the header, belong to the file itself.
    public var tensors: [Tensor]

    /// Creates a layout.
    public init(format: Format, size: UInt64, tensors: [Tensor]) {
        self.format = format
        self.size = size
        self.tensors = tensors
    }

    /// The layout of a file without known structure.
    public static func opaque(size: UInt64) -> Layout { Layout(format: .opaque, size: size, tensors: []) }
}
