import ModmetaFormats
import Testing

/// A PyTorch file with one tensor so large that only the bytes around it are created.
struct SparseArchive: ByteSource {
    let size: UInt64
    let dataOffset: UInt64
    private let head: [UInt8]
    private let tail: [UInt8]

    init(tensorSize: UInt64) throws {
        let count = tensorSize / 4
        func text(_ value: String) -> [UInt8] { [0x58, UInt8(value.utf8.count), 0, 0, 0] + Array(value.utf8) }
        let number: [UInt8] = [0x8A, 8] + SparseArchive.integer(count, 8)
        let storage = text("storage") + Array("ctorch\nFloatStorage\n".utf8) + text("0") + text("cpu") + number
        var pickle: [UInt8] = [0x80, 2, 0x7D] + text("a") + Array("ctorch._utils\n_rebuild_tensor_v2\n((".utf8)
        pickle += storage + Array("tQK\u{0}".utf8) + number + [0x85] + Array("K\u{1}".utf8) + [0x85, 0x89]
        pickle += Array("tRs.".utf8)

        let places: UInt64 = 30 + 10
        head = SparseArchive.local("m/data.pkl") + pickle + SparseArchive.local("m/data/0")
        dataOffset = UInt64(head.count)
        let directoryOffset = dataOffset + tensorSize
        let directory =
            SparseArchive.central("m/data.pkl", size: UInt64(pickle.count), offset: 0)
            + SparseArchive.central("m/data/0", size: tensorSize, offset: places + UInt64(pickle.count))
        var end =
            SparseArchive.integer(0x0606_4B50, 4) + SparseArchive.integer(44, 8) + [UInt8](repeating: 0, count: 12)
        end += SparseArchive.integer(2, 8) + SparseArchive.integer(2, 8)
        end += SparseArchive.integer(UInt64(directory.count), 8) + SparseArchive.integer(directoryOffset, 8)
        end += SparseArchive.integer(0x0706_4B50, 4) + SparseArchive.integer(0, 4)
        end += SparseArchive.integer(directoryOffset + UInt64(directory.count), 8) + SparseArchive.integer(1, 4)
        end += SparseArchive.integer(0x0605_4B50, 4) + SparseArchive.integer(0, 4) + SparseArchive.integer(0x2_0002, 4)
        end += SparseArchive.integer(.max, 8) + [0, 0]
        tail = directory + end
        size = directoryOffset + UInt64(tail.count)
    }

    func read(_ range: Range<UInt64>) throws -> [UInt8] {
        try #require(range.count <= 1 << 20, "the weights are read")
        let tailStart = size - UInt64(tail.count)
        return range.map { place in
            place < head.count ? head[Int(place)] : place >= tailStart ? tail[Int(place - tailStart)] : 0
        }
    }

    private static func integer(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
    }

    private static func local(_ name: String) -> [UInt8] {
        [0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 22) + integer(UInt64(name.utf8.count), 4) + Array(name.utf8)
    }

    private static func central(_ name: String, size: UInt64, offset: UInt64) -> [UInt8] {
        [0x50, 0x4B, 1, 2] + [UInt8](repeating: 0, count: 16) + [UInt8](repeating: 0xFF, count: 8)
            + integer(UInt64(name.utf8.count), 2) + integer(28, 2) + [UInt8](repeating: 0, count: 10)
            + [0xFF, 0xFF, 0xFF, 0xFF] + Array(name.utf8) + integer(1, 2) + integer(24, 2) + integer(size, 8)
            + integer(size, 8) + integer(offset, 8)
    }
}
