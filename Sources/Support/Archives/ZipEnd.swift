import Files

/// The record at a zip file's end, which says where the directory is.
struct ZipEnd {
  /// The byte range of the directory.
  let range: Range<Int>
  /// The number of its entries.
  let count: Int

  /// The largest directory, of some millions of entries, in bytes.
  private static let limit = 512 << 20

  private static let cut = "its zip file is truncated or has data after its end"

  /// - Parameter allowsComment: whether text may follow the record, as some archives on the web have it.
  init(_ file: OpenedFile, allowsComment: Bool) throws(FileError) {
    guard file.size >= 22 else { throw file.fault(Self.cut) }
    var end = try Self.place(in: file, allowsComment: allowsComment)
    var fields = ZipFields(try file.bytes(at: end..<(end + 22)), file, at: end)
    guard try fields.number(4) == 0x0605_4B50 else { throw file.fault(Self.cut) }
    let (disk, first) = (try fields.number(2), try fields.number(2))
    let (here, all) = (try fields.number(2), try fields.number(2))
    let (size, offset) = (try fields.number(4), try fields.number(4))
    guard disk == 0, first == 0, here == all, try fields.number(2) == file.size - end - 22 else {
      throw file.fault(Self.cut)
    }
    var values = [all, size, offset]
    if let (wide, place) = try Self.wide(file, before: end) {
      for ((narrow, wide), most) in zip(zip(values, wide), [0xFFFF, 0xFFFF_FFFF, 0xFFFF_FFFF])
      where narrow != wide && narrow != most {
        throw file.fault("the two end records of its zip directory disagree")
      }
      values = wide
      end = place
    } else if all == 0xFFFF || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF {
      throw file.fault("its zip directory lacks the 64-bit end record that it announces")
    }
    let (sum, overflow) = values[1].addingReportingOverflow(values[2])
    guard !overflow, sum == UInt64(end) else {
      throw file.fault("its zip directory is not where its end record says")
    }
    // Each entry takes 46 bytes at least.
    guard values[0] <= values[1] / 46, values[1] <= UInt64(Self.limit) else {
      throw file.fault("its zip directory claims \(values[0]) entries in \(values[1]) bytes")
    }
    range = Int(values[2])..<end
    count = Int(values[0])
  }

  /// Where the record begins: 22 bytes and its comment before the end.
  private static func place(
    in file: OpenedFile, allowsComment: Bool
  ) throws(FileError) -> Int {
    let last = file.size - 22
    guard allowsComment else { return last }
    let first = max(0, last - 0xFFFF)
    let tail = try file.bytes(at: first..<file.size)
    for place in stride(from: last - first, through: 0, by: -1)
    where tail[place] == 0x50 && tail[place + 1] == 0x4B && tail[place + 2] == 5
      && tail[place + 3] == 6
    {
      let comment = Int(tail[place + 20]) | Int(tail[place + 21]) << 8
      if place + 22 + comment == tail.count { return first + place }
    }
    throw file.fault(cut)
  }

  /// The number of entries, the size and the offset in the 64-bit record before `end`, and where that begins.
  private static func wide(
    _ file: OpenedFile, before end: Int
  ) throws(FileError) -> (values: [UInt64], place: Int)? {
    guard end >= 76 else { return nil }
    var locator = ZipFields(try file.bytes(at: (end - 20)..<end), file, at: end - 20)
    guard try locator.number(4) == 0x0706_4B50 else { return nil }
    let place = end - 76
    let (disk, offset, disks) = (
      try locator.number(4), try locator.number(8), try locator.number(4)
    )
    guard disk == 0, disks <= 1, offset == UInt64(place) else {
      throw file.fault("the 64-bit end record of its zip directory is not where its locator says")
    }
    var fields = ZipFields(try file.bytes(at: place..<(end - 20)), file, at: place)
    try fields.signature((6, 6), of: "the 64-bit end record of its directory")
    guard try fields.number(8) == 44 else {
      throw file.fault("the 64-bit end record of its zip directory has an unknown size")
    }
    try fields.skip(4)  // versions
    let (number, first) = (try fields.number(4), try fields.number(4))
    let (here, all) = (try fields.number(8), try fields.number(8))
    guard number == 0, first == 0, here == all else {
      throw file.fault("it is one part of a split zip archive")
    }
    return ([all, try fields.number(8), try fields.number(8)], place)
  }
}
