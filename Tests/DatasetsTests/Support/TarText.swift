/// A tar archive of regular files and, where the contents are `nil`, folders.
func tar(_ members: [(name: String, contents: [UInt8]?)]) -> [UInt8] {
  var archive: [UInt8] = []
  for member in members {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, _ place: Int) {
      for (offset, byte) in text.utf8.enumerated() { header[place + offset] = byte }
    }
    func octal(_ number: Int, _ width: Int) -> String {
      let digits = String(number, radix: 8)
      return String(repeating: "0", count: width - digits.count) + digits
    }
    put(member.name, 0)
    put("0000644", 100)
    put(octal(member.contents?.count ?? 0, 11), 124)
    put(member.contents == nil ? "5" : "0", 156)
    put("ustar", 257)
    put("00", 263)
    put("        ", 148)
    put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\0 ", 148)
    let contents = member.contents ?? []
    archive += header + contents
    archive += [UInt8](repeating: 0, count: (512 - contents.count % 512) % 512)
  }
  return archive + [UInt8](repeating: 0, count: 1024)
}
