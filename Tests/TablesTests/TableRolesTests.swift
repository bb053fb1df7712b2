import DataSchema
import Tables
import Testing

struct TableRolesTests {
  static let text = """
    id,x,c,same,none,day,y,w,fold
    P1,1,a,3,,2024-01-01,1,1,train
    P2,2,b,3,,2024-01-02,0,0.5,test

    """

  private func features(_ roles: TableRoles) throws(DataError) -> TableRoles.Features {
    try roles.features(of: Sample.index(Self.text, TableOptions(types: roles.types)))
  }

  @Test func everythingElseIsAFeature() throws {
    let roles = TableRoles(
      targets: ["y"], ignore: ["day"], split: "fold", group: "id", weight: "w")
    let found = try features(roles)
    #expect(found.names == ["x", "c"])
    #expect(found.leftOut.map(\.name) == ["same", "none"])
    #expect(
      found.leftOut.map(\.reason) == ["all values are the same ('3')", "all values are missing"])
    #expect(roles.types == ["id": .category, "fold": .category, "w": .number])
  }

  @Test func namedFeaturesKeepTheirOrder() throws {
    #expect(try features(TableRoles(targets: ["y"], features: ["c", "x"])).names == ["c", "x"])
    #expect(try features(TableRoles(targets: ["y"], image: "id")).names == [])
  }

  @Test(arguments: [
    (
      TableRoles(targets: ["y"]),
      "column 'day' cannot be used (date): dates or times, such as '2024-01-01'; dates are not used as "
        + "features: compute numbers from it (year, days since an event) or leave it out with `ignore`"
    ),
    (TableRoles(targets: ["yy"]), "has no column 'yy'; did you mean 'y'?"),
    (
      TableRoles(targets: ["y"], features: ["x", "y"]),
      "column 'y' is listed twice, or for two roles"
    ),
    (
      TableRoles(targets: ["y"], features: ["none"]),
      "column 'none' cannot be used (missing): no value is present; leave it out with `ignore`"
    ),
    (
      TableRoles(targets: ["y"], ignore: ["id", "x", "c", "day", "w", "fold"]),
      "no column is left to use as a feature"
    ),
  ])
  func whatIsWrongIsExplained(roles: TableRoles, reason: String) {
    #expect(Sample.reason { () throws(DataError) in _ = try features(roles) } == reason)
  }
}
