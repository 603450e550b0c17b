/// The instructions of pickle protocols 0 to 5, named as Python's `pickletools` names them.
enum PickleOpcode: UInt8 {
    case mark = 0x28, emptyTuple = 0x29, pop = 0x30, popMark = 0x31, dup = 0x32
    case binbytes = 0x42, shortBinbytes = 0x43, float = 0x46, binfloat = 0x47, int = 0x49, binint = 0x4A
    case binint1 = 0x4B, long = 0x4C, binint2 = 0x4D, none = 0x4E, persid = 0x50, binpersid = 0x51, reduce = 0x52
    case string = 0x53, binstring = 0x54, shortBinstring = 0x55, unicode = 0x56, binunicode = 0x58, emptyList = 0x5D
    case append = 0x61, build = 0x62, global = 0x63, dict = 0x64, appends = 0x65, get = 0x67, binget = 0x68
    case inst = 0x69, longBinget = 0x6A, list = 0x6C, obj = 0x6F, put = 0x70, binput = 0x71, longBinput = 0x72
    case setitem = 0x73, tuple = 0x74, setitems = 0x75, emptyDict = 0x7D
    case proto = 0x80, newobj, ext1, ext2, ext4, tuple1, tuple2, tuple3, newtrue, newfalse, long1, long4
    case shortBinunicode = 0x8C, binunicode8, binbytes8, emptySet, additems, frozenset, newobjEx, stackGlobal
    case memoize, frame, bytearray8, nextBuffer, readonlyBuffer
}
