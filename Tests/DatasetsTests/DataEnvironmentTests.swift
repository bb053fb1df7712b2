import DataSchema
import Datasets
import Testing

struct DataEnvironmentTests {
  private func make(_ variables: [String: String]) -> DataEnvironment {
    DataEnvironment(variables: variables, workingDirectory: "/somewhere")
  }

  @Test func theCacheIsFoundInThisOrder() {
    let all = ["RUNNER_CACHE": "/a", "XDG_CACHE_HOME": "/b", "HOME": "/c"]
    #expect(make(all).cacheFolder == "/a")
    #expect(make(all.merging(["RUNNER_CACHE": ""]) { $1 }).cacheFolder == "/b/runner")
    #expect(make(["XDG_CACHE_HOME": "b", "HOME": "/c"]).cacheFolder == "/c/.cache/runner")
    #expect(make(["HOME": "/c"]).cacheFolder == "/c/.cache/runner")
    #expect(make([:]).cacheFolder == nil)
  }

  @Test func relativePathsStartFromTheWorkingDirectory() {
    #expect(make(["RUNNER_DATA": "data/"]).dataFolder == "/somewhere/data")
    #expect(make(["RUNNER_CACHE": "cache"]).cacheFolder == "/somewhere/cache")
    #expect(make(["RUNNER_DATA": "/"]).dataFolder == "/")
    #expect(make(["RUNNER_DATA": ""]).dataFolder == nil)
  }

  @Test func mirrors() throws {
    #expect(
      try make(["RUNNER_MNIST_MIRRORS": " http://a/x  https://b "]).mnistMirrors()
        == ["http://a/x", "https://b"])
    #expect(try make(["RUNNER_MNIST_MIRRORS": " "]).mnistMirrors() == nil)
    #expect(try make([:]).mnistMirrors() == nil)
    for wrong in ["ftp://a", "--output=/etc/passwd", "file:///etc"] {
      #expect(
        throws: DataError(
          path: "RUNNER_MNIST_MIRRORS",
          reason: "'\(wrong)' does not begin with https:// or http://")
      ) { try make(["RUNNER_MNIST_MIRRORS": "http://a \(wrong)"]).mnistMirrors() }
    }
  }
}
