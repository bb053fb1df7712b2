import DataSchema

/// One of the two CIFAR data sets as it is published: Krizhevsky, "Learning Multiple Layers of Features from Tiny
/// Images", 2009, https://www.cs.toronto.edu/~kriz/cifar.html
package struct CIFARRelease: Sendable {
  /// In messages, and the name of its folder in the cache.
  let name: String
  /// The kinds of labels in the order of their bytes in the binary layout.
  package let kinds: [Labels]
  let counts: [DataSplit: Int]
  /// The layouts in the order in which they are looked for; the first one is downloaded.
  let layouts: [Layout]
  let mirrors: [String]

  /// One kind of label.
  package struct Labels: Sendable, Hashable {
    /// Under which a Python file keeps them.
    let key: String
    /// The classes by number.
    let names: [String]
  }

  /// One of the forms in which the same images are published.
  struct Layout: Sendable {
    let archive: PublishedFile
    /// The folder in the archive, which users unpack it to.
    let folder: String
    /// Where Keras unpacks it to; empty if it does not.
    var kerasFolders: [String] = []
    /// Whether the files are pickled dictionaries rather than records of bytes.
    let isPickled: Bool
    /// The files of each split in the order of their images.
    let files: [DataSplit: [PublishedFile]]
    /// No file is longer than this many bytes.
    let largestFile: Int
  }
}

extension CIFARRelease {
  private static let megabyte = 1 << 20

  /// The archives' SHA-256 are those that TensorFlow Datasets (binary) and Keras and torchvision (Python) publish;
  /// those of unpacked binary files are torchvision for Ruby's. Of unpacked Python files only MD5 is published, by
  /// torchvision.
  static let cifar10 = CIFARRelease(
    name: "cifar10",
    kinds: [Labels(key: "labels", names: CIFARNames.cifar10)],
    counts: [.train: 50_000, .test: 10_000],
    layouts: [
      Layout(
        archive: PublishedFile(
          name: "cifar-10-binary.tar.gz",
          checksum: .sha256("c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd")),
        folder: "cifar-10-batches-bin", isPickled: false,
        files: [
          .train: [
            sha256(
              "data_batch_1.bin", "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"
            ),
            sha256(
              "data_batch_2.bin", "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"
            ),
            sha256(
              "data_batch_3.bin", "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"
            ),
            sha256(
              "data_batch_4.bin", "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"
            ),
            sha256(
              "data_batch_5.bin", "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"
            ),
          ],
          .test: [
            sha256(
              "test_batch.bin", "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b")
          ],
        ], largestFile: 32 * megabyte),
      Layout(
        archive: PublishedFile(
          name: "cifar-10-python.tar.gz",
          checksum: .sha256("6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce")),
        folder: "cifar-10-batches-py",
        kerasFolders: ["cifar-10-batches-py", "cifar-10-batches-py-target/cifar-10-batches-py"],
        isPickled: true,
        files: [
          .train: [
            md5("data_batch_1", "c99cafc152244af753f735de768cd75f"),
            md5("data_batch_2", "d4bba439e000b95fd0a9bffe97cbabec"),
            md5("data_batch_3", "54ebc095f3ab1f0389bbae665268c751"),
            md5("data_batch_4", "634d18415352ddfa80567beed471001a"),
            md5("data_batch_5", "482c414d41f54cd18b22e5b47cb7c3cb"),
          ],
          .test: [md5("test_batch", "40351d587109b95175f43aff81a1287e")],
        ], largestFile: 64 * megabyte),
    ],
    mirrors: ["https://www.cs.toronto.edu/~kriz"])

  /// See ``cifar10`` for where the hashes come from.
  package static let cifar100 = CIFARRelease(
    name: "cifar100",
    kinds: [
      Labels(key: "coarse_labels", names: CIFARNames.coarse),
      Labels(key: "fine_labels", names: CIFARNames.fine),
    ],
    counts: [.train: 50_000, .test: 10_000],
    layouts: [
      Layout(
        archive: PublishedFile(
          name: "cifar-100-binary.tar.gz",
          checksum: .sha256("58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec")),
        folder: "cifar-100-binary", isPickled: false,
        files: [
          .train: [
            sha256("train.bin", "f31298fc616915fa142368359df1c4ca2ae984d6915ca468b998a5ec6aeebf29")
          ],
          .test: [
            sha256("test.bin", "d8b1e6b7b3bee4020055f0699b111f60b1af1e262aeb93a0b659061746f8224a")
          ],
        ], largestFile: 160 * megabyte),
      Layout(
        archive: PublishedFile(
          name: "cifar-100-python.tar.gz",
          checksum: .sha256("85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7")),
        folder: "cifar-100-python",
        kerasFolders: ["cifar-100-python", "cifar-100-python-target/cifar-100-python"],
        isPickled: true,
        files: [
          .train: [md5("train", "16019d7e3df5f24257cddd939b257f8d")],
          .test: [md5("test", "f0ef6b0ae62326f3e7ffdfab6717acfc")],
        ], largestFile: 192 * megabyte),
    ],
    mirrors: ["https://www.cs.toronto.edu/~kriz"])

  private static func sha256(_ name: String, _ sum: String) -> PublishedFile {
    PublishedFile(name: name, checksum: .sha256(sum))
  }

  private static func md5(_ name: String, _ sum: String) -> PublishedFile {
    PublishedFile(name: name, checksum: .md5(sum))
  }
}
