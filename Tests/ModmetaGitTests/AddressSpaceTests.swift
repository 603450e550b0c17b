import ModmetaGit
import Testing

@Suite struct AddressSpaceTests {
    @Test func aSmallLimitIsRefusedWithWhatIsNeeded() {
        #expect(AddressSpace.refusal(limit: .max, processors: 256) == nil)
        #expect(AddressSpace.refusal(limit: AddressSpace.least(processors: 2), processors: 2) == nil)
        let reason = AddressSpace.refusal(limit: 300 << 20, processors: 2)
        #expect(
            reason?.hasPrefix("the address space is limited to 300 MiB (ulimit -v), and 544 MiB are needed;") == true)
        #expect(AddressSpace.least(processors: -1) == AddressSpace.least(processors: 1))
    }
}
