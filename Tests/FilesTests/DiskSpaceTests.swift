import Files
import TestSupport
import Testing

@Suite struct DiskSpaceTests {
  @Test func ofFoldersThatAreThereAndThatWillBe() throws {
    let folder = try TemporaryFolder()
    let free = try #require(DiskSpace.free(at: folder.path))
    #expect(free > 0)
    #expect(DiskSpace.free(at: folder.path + "/not/yet") != nil)
    #expect(DiskSpace.free(at: "not-yet") != nil)
    #expect(DiskSpace.free(at: "/proc/1/not/yet") != nil)
    let file = try folder.write([1], "file")
    #expect(DiskSpace.free(at: file + "/below") == nil)
  }
}
